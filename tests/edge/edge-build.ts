import { execFile } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { resolve as absolute, join } from "node:path";

/** What the build needs; the rest of the project stays out. */
const sources = ["app", "party", "db", "public", "scripts", "package.json", "remix.config.js"];

export interface EdgeBuild {
  /** The deployable unit. */
  folder: string;
  /** What the build printed. */
  output: string;
  /** Runs one of the project's scripts on it with exactly these variables. */
  run(script: string, args: string[], env: Record<string, string>): Promise<Ran>;
  remove(): void;
}

interface Ran {
  status: number;
  output: string;
}

/** `npm run build:edge` in a copy of the project that has this `.env` and this environment. */
export async function buildEdge(dotEnv: string, env: Record<string, string>): Promise<EdgeBuild> {
  const project = mkdtempSync(join(tmpdir(), "netra-edge-"));
  for (const name of [
    ...sources,
    ...readdirSync(".").filter((name) => /config\.|^tsconfig/.test(name)),
  ]) {
    cpSync(name, join(project, name), { recursive: true });
  }
  symlinkSync(absolute("node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, ".env"), dotEnv);
  // Not synchronous: the engines of a test live in this process.
  const run: EdgeBuild["run"] = (script, args, given) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        ["--import", "tsx", script, ...args],
        {
          cwd: project,
          maxBuffer: 16 * 1024 * 1024,
          env: { PATH: process.env.PATH, NODE_ENV: "production", ...given },
        },
        (error, stdout, stderr) =>
          resolve({ status: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
      );
    });
  const { status, output } = await run("scripts/build-edge.ts", [], env);
  if (status !== 0) throw new Error(`build:edge failed\n${output}`);
  return {
    folder: join(project, "build/edge"),
    output,
    run,
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}

/** Every file under a folder, as text. */
export function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}
