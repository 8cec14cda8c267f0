import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireDataFolder } from "../../db/embedded/lock";
import { temporaryFolder } from "./support";

let dataDir: string;

beforeEach(async () => {
  dataDir = await temporaryFolder();
  for (const folder of ["postgres", "clickhouse", "rooms-dev"]) await mkdir(join(dataDir, folder));
  await writeFile(join(dataDir, "netra-data-version"), "1\n");
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** `npm run dev -- --reset …` as far as the question; what comes after it is left out. */
function devReset(args: string[], env: Record<string, string> = {}): SpawnSyncReturns<string> {
  const program = `import { resetIfAsked } from "./scripts/ask-reset";
    await resetIfAsked(${JSON.stringify(["--reset", ...args])});
    console.log("starting");`;
  return spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", program],
    {
      encoding: "utf8",
      input: "",
      env: { PATH: process.env.PATH, NODE_ENV: "test", NETRA_DATA_DIR: dataDir, ...env },
    },
  );
}

describe("npm run dev -- --reset", () => {
  it("wipes nothing where nobody can be asked", async () => {
    const { status, stderr } = devReset([]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("add --yes")]);
    expect(await readdir(dataDir)).toHaveLength(4);
  });

  it("with --yes removes what Netra made, nothing else, and goes on", async () => {
    await writeFile(join(dataDir, "mine.csv"), "kept");
    const { status, stdout } = devReset(["--yes"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`Removed the data in ${dataDir}`);
    expect(stdout).toContain("starting");
    expect(await readdir(dataDir)).toEqual(["mine.csv"]);
  });

  it("leaves data alone that somebody works on, and data of other environments", async () => {
    const lock = acquireDataFolder(dataDir);
    const inUse = devReset(["--yes"]);
    lock.release();
    expect([inUse.status, inUse.stderr]).toEqual([1, expect.stringContaining("stop it first")]);
    const production = devReset(["--yes"], { NETRA_ENV: "production" });
    expect([production.status, production.stdout]).toEqual([1, ""]);
    expect(await readdir(dataDir)).toHaveLength(4);
  });
});
