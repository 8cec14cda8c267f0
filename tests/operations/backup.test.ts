import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { neon } from "@neondatabase/serverless";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Engines, startEngines } from "../../db/embedded";
import { required, useLoopbackNeon } from "../embedded/support";

let folder: string;
let dataDir: string;
let manual: string;

beforeAll(async () => {
  useLoopbackNeon();
  folder = await mkdtemp(join(tmpdir(), "netra-backup-"));
  await chmod(folder, 0o711);
  dataDir = join(folder, "data");
  manual = await readFile("docs/operations.md", "utf8");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a block of docs/operations.md as it stands there. */
function asWritten(name: string) {
  const [, block] = new RegExp(`\`\`\`sh ${name}\\n([^]*?)\`\`\``).exec(manual) ?? [];
  if (block === undefined) throw new Error(`docs/operations.md has no block "${name}"`);
  return spawnSync("sh", ["-e", "-c", block], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, NODE_ENV: "test", NETRA_DATA_DIR: dataDir },
  });
}

async function write(engines: Engines, n: number): Promise<void> {
  const query = neon(required(engines.env.DATABASE_URL));
  await query`CREATE TABLE IF NOT EXISTS kept (n integer)`;
  await query`INSERT INTO kept VALUES (${n})`;
  const client = createClient({ url: required(engines.env.CLICKHOUSE_URL) });
  const table = "CREATE TABLE IF NOT EXISTS kept (n UInt32) ENGINE = MergeTree ORDER BY n";
  await client.command({ query: table });
  await client.insert({ table: "kept", values: [{ n }], format: "JSONEachRow" });
  await client.close();
  await mkdir(join(dataDir, "rooms"), { recursive: true });
  await writeFile(join(dataDir, "rooms", `${n}.sqlite`), String(n));
}

async function read(engines: Engines): Promise<unknown[]> {
  const rows = await neon(required(engines.env.DATABASE_URL))`SELECT n FROM kept ORDER BY n`;
  const client = createClient({ url: required(engines.env.CLICKHOUSE_URL) });
  const result = await client.query({ query: "SELECT n FROM kept ORDER BY n", format: "JSON" });
  const { data } = await result.json<{ n: number }>();
  await client.close();
  const room = await readFile(join(dataDir, "rooms", "1.sqlite"), "utf8");
  return [rows, data, room];
}

it("the cold copy of docs/operations.md brings back Postgres, ClickHouse and rooms", async () => {
  let engines = await startEngines({ dataDir });
  await write(engines, 1);
  expect(asWritten("backup")).toMatchObject({ status: 1, stdout: "Netra still runs.\n" });
  await engines.stop();
  expect(asWritten("backup")).toMatchObject({ status: 0, stderr: "" });

  engines = await startEngines({ dataDir });
  await write(engines, 2);
  await engines.stop();
  expect(asWritten("restore")).toMatchObject({ status: 0, stderr: "" });
  engines = await startEngines({ dataDir });
  expect(await read(engines)).toEqual([[{ n: 1 }], [{ n: 1 }], "1"]);
  await write(engines, 3);
  await engines.stop();

  // On another machine: nothing is there yet.
  await rm(`${dataDir}.before-restore`, { recursive: true });
  await rm(dataDir, { recursive: true });
  expect(asWritten("restore")).toMatchObject({ status: 0, stderr: "" });
  engines = await startEngines({ dataDir });
  expect(await read(engines)).toEqual([[{ n: 1 }], [{ n: 1 }], "1"]);
  await engines.stop();
}, 60_000);
