import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { neon } from "@neondatabase/serverless";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startEngines } from "../../db/embedded";
import { mountSmallDisk, type SmallDisk } from "./full-disk";
import { required, temporaryFolder, until, useLoopbackNeon } from "./support";

/** Set by a test: writing a file whose path holds this text fails as on a full disk. */
const injected = vi.hoisted(() => ({ path: null as string | null }));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  return {
    ...real,
    writeFileSync: (...args: Parameters<typeof real.writeFileSync>) => {
      if (injected.path !== null && String(args[0]).includes(injected.path)) {
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
          code: "ENOSPC",
          syscall: "write",
        });
      }
      real.writeFileSync(...args);
    },
  };
});

const probe = mountSmallDisk(1);
probe?.remove();
const mayMount = probe !== null;
let disk: SmallDisk | null = null;

afterEach(() => {
  injected.path = null;
  disk?.remove();
  disk = null;
});

function smallDisk(megabytes: number): string {
  disk = mountSmallDisk(megabytes);
  if (disk === null) throw new Error("the disk could not be mounted");
  return disk.folder;
}

/** Leaves no byte for anybody but root's reserve, of which this file system has none. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(folder);
  const path = join(folder, "filler");
  await writeFile(path, Buffer.alloc(bavail * bsize - 64 * 1024, 1)).catch(() => undefined);
  await writeFile(`${path}-rest`, Buffer.alloc(128 * 1024, 1)).catch(() => undefined);
  return async () => {
    await rm(path, { force: true });
    await rm(`${path}-rest`, { force: true });
  };
}

const diskFull = /^The disk that holds the data folder \S+ is full\. Free some space there .+$/;

describe("a full disk at the start is one clear line", () => {
  it("injected where the folder is taken or its version written", async () => {
    for (const path of ["netra.lock", "netra-data-version"]) {
      const dataDir = await temporaryFolder();
      injected.path = path;
      const starting = startEngines({ dataDir, only: { postgres: false, clickhouse: false } });
      await expect(starting).rejects.toMatchObject({ name: "DiskFullError", dataDir });
      await expect(starting).rejects.toThrow(diskFull);
      injected.path = null;
      const engines = await startEngines({ dataDir, only: { postgres: false, clickhouse: false } });
      await engines.stop();
      await rm(dataDir, { recursive: true });
    }
  });

  it.runIf(mayMount)(
    "on a real disk, for either engine",
    async () => {
      for (const engine of ["postgres", "clickhouse"]) {
        const only = { postgres: false, clickhouse: false, redis: false, [engine]: true };
        const dataDir = smallDisk(engine === "postgres" ? 12 : 1);
        if (engine === "clickhouse") await fill(dataDir);
        const starting = startEngines({ dataDir, only });
        await expect(starting, engine).rejects.toMatchObject({ name: "DiskFullError" });
        await expect(starting).rejects.toThrow(diskFull);
        disk?.remove();
        disk = null;
      }
    },
    60_000,
  );
});

describe.runIf(mayMount)("a disk that fills up under running engines", () => {
  it("fails the write by name, loses nothing, and is forgotten once there is space", async () => {
    useLoopbackNeon();
    const dataDir = smallDisk(192);
    const lines: string[] = [];
    const engines = await startEngines({
      dataDir,
      only: { redis: false },
      log: (line) => lines.push(line),
    });
    const query = neon(required(engines.env.DATABASE_URL));
    const client = createClient({
      url: required(engines.env.CLICKHOUSE_URL),
      log: { level: ClickHouseLogLevel.OFF },
    });
    await query`CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id`;
    await client.command({ query: "CREATE TABLE kept (id UInt64) ENGINE = MergeTree ORDER BY id" });
    await client.command({ query: "INSERT INTO kept SELECT number FROM numbers(1000)" });
    const insert = () => query`INSERT INTO kept SELECT generate_series(1, 2000000)`;
    const insertCalls = () =>
      client.command({ query: "INSERT INTO kept SELECT rand64() FROM numbers(3000000)" });
    const count = async () => {
      const [row] = await query`SELECT count(*)::int AS n FROM kept`;
      const result = await client.query({ query: "SELECT count() AS n FROM kept" });
      return [row?.n, (await result.json<{ n: string }>()).data[0]?.n];
    };

    const free = await fill(dataDir);
    const [postgres, clickhouse] = await Promise.allSettled([insert(), insertCalls()]);
    expect([postgres.status, clickhouse.status]).toEqual(["rejected", "rejected"]);
    expect(String(clickhouse.status === "rejected" && clickhouse.reason)).toMatch(/space/i);

    await free();
    await until(async () => (await count().catch(() => [0]))[0] === 1_000, 20_000);
    expect(await count()).toEqual([1_000, "1000"]);
    await query`INSERT INTO kept VALUES (1001)`;
    await client.command({ query: "INSERT INTO kept VALUES (1001)" });
    expect(await count()).toEqual([1_001, "1001"]);
    await client.close();
    await engines.stop();
    for (const line of lines) expect(line.split("\n")).toHaveLength(1);
  }, 90_000);
});
