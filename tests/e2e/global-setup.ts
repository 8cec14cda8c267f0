import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Target } from "./targets";

/** What a test needs to know of the products under test; see stack.ts. */
export type Stack = Partial<Record<Target, { appUrl: string }>>;

/** Starts the production builds with everything around them and hands their addresses to the tests. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["--import", "tsx", "tests/e2e/stack.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ready = await firstJsonLine(child);
  process.env.NETRA_E2E_STACK = ready;
  return () =>
    new Promise((resolve) => {
      child.once("close", () => resolve());
      child.kill("SIGTERM");
    });
}

function firstJsonLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("close", (code) => reject(new Error(`the product did not start (code ${code})`)));
    if (!child.stdout) return reject(new Error("no output to read"));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve(line);
      else console.log(line);
    });
  });
}
