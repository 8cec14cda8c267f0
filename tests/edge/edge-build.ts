import { spawnSync } from "node:child_process";
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
import { join, resolve } from "node:path";

/** What the build needs; the rest of the project stays out. */
const sources = ["app", "party", "db", "public", "scripts", "package.json", "remix.config.js"];

export interface EdgeBuild {
  /** The deployable unit. */
  folder: string;
  /** What the build printed. */
  output: string;
  remove(): void;
}

/** `npm run build:edge` in a copy of the project that has this `.env` and this environment. */
export function buildEdge(dotEnv: string, env: Record<string, string>): EdgeBuild {
  const project = mkdtempSync(join(tmpdir(), "netra-edge-"));
  for (const name of [
    ...sources,
    ...readdirSync(".").filter((name) => /config\.|^tsconfig/.test(name)),
  ]) {
    cpSync(name, join(project, name), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, ".env"), dotEnv);
  const built = spawnSync(process.execPath, ["--import", "tsx", "scripts/build-edge.ts"], {
    cwd: project,
    encoding: "utf8",
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
  });
  const output = `${built.stdout}${built.stderr}`;
  if (built.status !== 0) throw new Error(`build:edge failed\n${output}`);
  return {
    folder: join(project, "build/edge"),
    output,
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}

/** Every file under a folder, as text. */
export function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}
