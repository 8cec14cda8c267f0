import type { ActionFunctionArgs } from "@remix-run/server-runtime";
import { json } from "#platform";
import { IMPORT_LIMITS, inspectFile } from "../../db/ingest";
import { requireMember } from "../auth/require-user.server";

/** Looks at the first bytes of a file, which are the body, and stores nothing. */
export async function action({ request }: ActionFunctionArgs) {
  await requireMember(request, { atLeast: "member" });
  const fileName = new URL(request.url).searchParams.get("fileName") ?? "";
  const head = await readAtMost(request.body, IMPORT_LIMITS.inspectionBytes);
  return json(inspectFile(head, fileName.slice(0, 500)));
}

async function readAtMost(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  const head = new Uint8Array(limit);
  let filled = 0;
  const reader = body?.getReader();
  while (reader && filled < limit) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, limit - filled);
    head.set(part, filled);
    filled += part.length;
  }
  reader?.releaseLock();
  return head.subarray(0, filled);
}
