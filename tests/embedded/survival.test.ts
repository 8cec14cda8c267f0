import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { neon } from "@neondatabase/serverless";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DataFolderInUseError,
  type EngineEnvironment,
  readNote,
  startEngines,
} from "../../db/embedded";
import { processIdentity } from "../../db/embedded/process-identity";
import { required, temporaryFolder, until, useLoopbackNeon } from "./support";

let dataDir: string;

/** A process that ended but was not collected by its new parent yet does not count. */
const isRunning = (pid: number) => processIdentity(pid) !== null;

beforeAll(async () => {
  useLoopbackNeon();
  dataDir = await temporaryFolder();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function holdEngines(): Promise<ChildProcess> {
  const holder = fork(fileURLToPath(new URL("./hold-engines.ts", import.meta.url)), [dataDir], {
    execArgv: ["--import", "tsx"],
    silent: true,
  });
  let trouble = "";
  holder.stderr?.on("data", (part) => {
    trouble += part;
  });
  await new Promise<void>((resolve, reject) => {
    holder.stdout?.once("data", () => resolve());
    holder.once("exit", () => reject(new Error(`the holder ended: ${trouble}`)));
  });
  return holder;
}

function childrenOf(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  return table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child ?? 0);
}

function chdbChildOf(pid: number): number {
  const command = (child: number) =>
    execFileSync("ps", ["-o", "args=", "-p", String(child)], { encoding: "utf8" });
  const found = childrenOf(pid).find((child) => command(child).includes("clickhouse-child"));
  if (found === undefined) throw new Error("no ClickHouse process");
  return found;
}

async function count(env: EngineEnvironment): Promise<[postgres: unknown, clickhouse: unknown]> {
  const [row] = await neon(required(env.DATABASE_URL))`SELECT count(*)::int AS n FROM kept`;
  const client = createClient({ url: required(env.CLICKHOUSE_URL) });
  const result = await client.query({
    query: "SELECT count() AS n FROM kept",
    format: "JSONEachRow",
  });
  const [fact] = await result.json<{ n: string }>();
  await client.close();
  return [row?.n, fact?.n];
}

describe("kill -9 of the process that holds the engines", () => {
  it("loses no acknowledged row, leaves nothing that blocks, and the next start finds it all", async () => {
    const holder = await holdEngines();
    const pid = holder.pid ?? 0;
    const held = readNote(dataDir);
    expect(held?.pid).toBe(pid);
    await expect(startEngines({ dataDir })).rejects.toBeInstanceOf(DataFolderInUseError);

    const env = held?.note as EngineEnvironment;
    const query = neon(required(env.DATABASE_URL));
    await query`CREATE TABLE kept (id integer PRIMARY KEY)`;
    await query`INSERT INTO kept SELECT generate_series(1, 1000)`;
    const client = createClient({
      url: required(env.CLICKHOUSE_URL),
      log: { level: ClickHouseLogLevel.OFF },
    });
    await client.command({ query: "CREATE TABLE kept (id UInt32) ENGINE = MergeTree ORDER BY id" });
    const values = Array.from({ length: 1_000 }, (_, id) => ({ id }));
    await client.insert({ table: "kept", values, format: "JSONEachRow" });

    const chdb = chdbChildOf(pid);
    const postmaster = Number(
      (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0],
    );
    const slow = "SELECT sum(sipHash64(number)) FROM numbers(100000000000)";
    const interrupted = expect(client.command({ query: slow })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.kill(pid, "SIGKILL");
    await interrupted;
    expect(isRunning(postmaster)).toBe(true);
    expect(readNote(dataDir)).toBeNull();

    const lines: string[] = [];
    const engines = await startEngines({ dataDir, log: (line) => lines.push(line) });
    expect(lines).toEqual([
      `postgres: stopping a server left behind by an earlier process (${postmaster})`,
    ]);
    expect(isRunning(chdb)).toBe(false);
    await client.close();
    expect(await count(engines.env)).toEqual([1_000, "1000"]);
    expect(engines.env.DATABASE_URL).not.toBe(env.DATABASE_URL);

    await engines.stop();
    expect(isRunning(postmaster)).toBe(false);
    expect(readNote(dataDir)).toBeNull();
  });

  it("starts a crashed engine again under the same address", async () => {
    const lines: string[] = [];
    const engines = await startEngines({ dataDir, log: (line) => lines.push(line) });
    const postmaster = Number(
      (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0],
    );
    process.kill(chdbChildOf(process.pid), "SIGKILL");
    process.kill(postmaster, "SIGKILL");
    await until(() => lines.filter((line) => line.endsWith("is back")).length === 2, 15_000);
    expect(await count(engines.env)).toEqual([1_000, "1000"]);
    const children = childrenOf(process.pid);
    await engines.stop();
    expect(children.length).toBeGreaterThan(0);
    await until(() => !children.some((child) => childrenOf(process.pid).includes(child)), 5_000);
  });
});
