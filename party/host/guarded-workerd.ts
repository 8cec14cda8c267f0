import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Environment with which miniflare, wherever it runs, starts workerd under the guard, so that
 * `kill -9` of the starter leaves no server on the port. Empty where there is no POSIX shell.
 */
export function guardedWorkerdEnv(): Record<string, string> {
  if (!existsSync("/bin/sh")) return {};
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const workerd: unknown = fromMiniflare("workerd");
  const path = isRecord(workerd) ? workerd.default : undefined;
  if (typeof path !== "string") throw new Error("The workerd package names no program");
  const guard = fileURLToPath(new URL("workerd-guard.sh", import.meta.url));
  return { MINIFLARE_WORKERD_PATH: guard, NETRA_WORKERD: path };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
