import type { Environment } from "../../party/host/variables";

/** What only the scripted rooms read: `RECORD_URL` and `FAIL_POINT` of scripted-rooms.ts. */
export function scriptedVariables({ RECORD_URL = "", FAIL_POINT = "" }: Environment) {
  return { RECORD_URL, FAIL_POINT };
}
