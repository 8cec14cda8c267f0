import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolderInUseError, readNote, startEngines } from "../../db/embedded";
import { acquireDataFolder } from "../../db/embedded/lock";
import { processIdentity } from "../../db/embedded/process-identity";
import { temporaryFolder } from "./support";

let dataDir: string;

beforeEach(async () => {
  dataDir = await temporaryFolder();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const lockPath = () => join(dataDir, "netra.lock");

describe("the lock of the data folder", () => {
  it("refuses a second holder and names the first", () => {
    const lock = acquireDataFolder(dataDir);
    const refused = (() => {
      try {
        return acquireDataFolder(dataDir);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(DataFolderInUseError);
    expect(refused).toMatchObject({ pid: process.pid, dataDir });
    lock.release();
    acquireDataFolder(dataDir).release();
  });

  it("carries a note that only its owner may read from the file", async () => {
    expect(readNote(dataDir)).toBeNull();
    const lock = acquireDataFolder(dataDir);
    expect(readNote(dataDir)).toEqual({ pid: process.pid, note: null });
    lock.writeNote({ url: "http://127.0.0.1:1" });
    expect(readNote(dataDir)).toEqual({ pid: process.pid, note: { url: "http://127.0.0.1:1" } });
    expect((await stat(lockPath())).mode & 0o777).toBe(0o600);
    lock.release();
    expect(readNote(dataDir)).toBeNull();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("takes over from a dead holder, also when its process id lives again", async () => {
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.once("exit", resolve));
    const record = { identity: "an earlier boot:1", token: "t", note: { url: "stale" } };
    for (const pid of [dead.pid, process.pid]) {
      await writeFile(lockPath(), JSON.stringify({ ...record, pid }));
      expect(readNote(dataDir)).toBeNull();
      const lock = acquireDataFolder(dataDir);
      expect(readNote(dataDir)).toEqual({ pid: process.pid, note: null });
      lock.release();
    }
  });

  it("takes over a file that holds no record", async () => {
    await writeFile(lockPath(), '{"pid":');
    const lock = acquireDataFolder(dataDir);
    expect(JSON.parse(await readFile(lockPath(), "utf8"))).toMatchObject({
      pid: process.pid,
      identity: processIdentity(process.pid),
    });
    lock.release();
  });

  it("leaves alone what someone else holds by then", async () => {
    const lock = acquireDataFolder(dataDir);
    const rival = { pid: process.pid, identity: processIdentity(process.pid), token: "rival" };
    await writeFile(lockPath(), JSON.stringify(rival));
    lock.writeNote("mine");
    lock.release();
    expect(readNote(dataDir)).toEqual({ pid: process.pid, note: undefined });
  });
});

describe("startEngines", () => {
  const onlyRedis = { postgres: false, clickhouse: false };

  it("holds the folder while it runs, and gives it back", async () => {
    const folder = join(dataDir, "made", "on the way");
    const engines = await startEngines({ dataDir: folder, only: onlyRedis });
    await expect(startEngines({ dataDir: folder, only: onlyRedis })).rejects.toMatchObject({
      name: "DataFolderInUseError",
      pid: process.pid,
    });
    await Promise.all([engines.stop(), engines.stop()]);
    expect(await readdir(folder)).toEqual(["netra-data-version"]);
  });

  it.runIf(process.getuid?.() === 0)("says which folder keeps PostgreSQL out", async () => {
    // A temporary folder admits root only, and PostgreSQL does not run as root.
    const only = { clickhouse: false, redis: false };
    await expect(startEngines({ dataDir: join(dataDir, "inner"), only })).rejects.toMatchObject({
      name: "UnreachableFolderError",
      folder: dataDir,
    });
  });

  it("gives the folder back when an engine cannot start", async () => {
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "9\n");
    const only = { clickhouse: false, redis: true };
    await expect(startEngines({ dataDir, only })).rejects.toThrow(/written by PostgreSQL 9/);
    expect(readNote(dataDir)).toBeNull();
  });
});
