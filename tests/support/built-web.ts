import { inject } from "vitest";
import type { WebBuild } from "./web-server";

/** The compiled web server that all test files of a run share; see web-build-once.ts. */
export async function builtWeb(): Promise<WebBuild> {
  const response = await fetch(inject("webBuildUrl"));
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return { entry: answer };
}
