import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InterruptedImports } from "../../app/datasets/interrupted-imports.server";
import { loadDemo } from "../../app/datasets/load-demo.server";
import { runImport } from "../../app/datasets/run-import.server";
import {
  type ClickHouse,
  countDatasetCalls,
  createClickHouse,
  insertCalls,
} from "../../db/clickhouse";
import {
  createDatabase,
  type Database,
  findImport,
  listDatasets,
  listImports,
  recordImportProgress,
  type SignedIn,
  signIn,
  startImport,
  whileImporting,
} from "../../db/postgres";
import { prepareStores } from "../../db/startup";
import { aCall } from "../clickhouse/support/calls";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { builtWeb } from "../support/built-web";
import { startWeb } from "../support/web-server";

let engines: TestEngines;
let env: Record<string, string>;
let stores: { db: Database; clickhouse: ClickHouse };
let ann: SignedIn;

beforeAll(async () => {
  engines = await startTestEngines({});
  env = { NETRA_ENV: "test", ...(engines.env as Record<string, string>) };
  await prepareStores(env, { log: () => {} });
  stores = {
    db: createDatabase({ DATABASE_URL: env.DATABASE_URL ?? "" }),
    clickhouse: createClickHouse({ CLICKHOUSE_URL: env.CLICKHOUSE_URL ?? "" }),
  };
  ann = await signIn(stores.db, { issuer: "test", subject: "ann", email: null, name: "ann" });
}, 60_000);
afterAll(async () => {
  await stores?.clickhouse.close();
  await engines?.stop();
});

const HEADER = "timestamp,model,input_tokens,output_tokens\n";
const rows = (count: number) => "2026-01-01T00:00:00Z,gpt-4o,10,20\n".repeat(count);
const wanted = { fileName: "log.csv", fileBytes: null, assignedModel: null, startTime: null };
const jobOf = (importId: string) => ({
  workspaceId: ann.workspaceId,
  userId: ann.userId,
  importId,
  wanted,
});
const stored = (importId: string) =>
  findImport(stores.db, { workspaceId: ann.workspaceId, importId });
const callsOf = async (datasetId: string) =>
  (await countDatasetCalls(stores.clickhouse, { workspaceId: ann.workspaceId, datasetId })).calls;

/** The import as its process left it: nothing was said of it for ten minutes. */
const silence = (importId: string) =>
  stores.db.write((sql) =>
    sql.execute(
      raw`update imports set heartbeat_at = now() - interval '10 minutes' where id = ${importId}`,
    ),
  );

/** An upload that has brought more than a batch of rows and does not go on until it is told to. */
async function stuckImport() {
  const importId = randomUUID();
  let goOn = (_text: string) => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(HEADER + rows(6_000)));
      goOn = (text) => {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      };
    },
  });
  const running = runImport(stores, jobOf(importId), body);
  await until(async () => (await callsOf(importId)) > 0, 20_000);
  return { importId, running, goOn: (text: string) => goOn(text) };
}

/** What a process that was killed in the middle leaves behind. */
async function orphanedImport(): Promise<string> {
  const importId = randomUUID();
  const { workspaceId, userId } = ann;
  await startImport(stores.db, {
    id: importId,
    workspaceId,
    dataset: { id: importId, name: "log.csv", source: "import" },
    fileName: "log.csv",
    fileBytes: null,
    options: {},
    createdBy: userId,
  });
  const target = { workspaceId, datasetId: importId, importId };
  await insertCalls(stores.clickhouse, target, [aCall({ id: "a" }), aCall({ id: "b" })]);
  const progress = { bytesRead: 100, rowsAccepted: 2, rowsRejected: 1 };
  await recordImportProgress(stores.db, { workspaceId, importId, ...progress });
  await silence(importId);
  return importId;
}

describe("an import whose process died", () => {
  it("is marked failed at the second look, with the reason, once, and its rows go", async () => {
    const importId = await orphanedImport();
    expect(await callsOf(importId)).toBe(2);
    const [one, another] = [new InterruptedImports(stores), new InterruptedImports(stores)];
    expect([await one.look(), await another.look()]).toEqual([[], []]);
    expect(await stored(importId)).toMatchObject({ state: "running" });
    const found = await Promise.all([one.look(), another.look()]);
    expect(found.flat()).toEqual([importId]);
    expect(await stored(importId)).toMatchObject({
      state: "failed",
      problem:
        "Interrupted: the server stopped while it read the file. 2 rows had been stored by then; none of them counts. Import the file again.",
      rowsAccepted: 0,
      rowsRejected: 1,
      finishedAt: expect.any(Date),
    });
    expect(await callsOf(importId)).toBe(0);
    expect(await one.look()).toEqual([]);
  }, 60_000);

  it("counts no more when its process lived after all", async () => {
    const { importId, running, goOn } = await stuckImport();
    const imports = new InterruptedImports(stores);
    for (let look = 0; look < 2; look++) {
      await silence(importId);
      await imports.look();
    }
    expect(await stored(importId)).toMatchObject({ state: "failed" });
    goOn(rows(10));
    await running;
    expect(await stored(importId)).toMatchObject({ state: "failed", rowsAccepted: 0 });
    const { workspaceId } = ann;
    expect(await listDatasets(stores.db, { workspaceId, withCalls: true })).toEqual([]);
  }, 60_000);

  it("is left alone while its process says that it lives, however long it takes", async () => {
    const { importId, running, goOn } = await stuckImport();
    await silence(importId);
    const imports = new InterruptedImports(stores);
    await imports.look();
    await whileImporting(
      stores.db,
      { workspaceId: ann.workspaceId, importId },
      () =>
        until(async () => {
          const { rows } = await stores.db.read((sql) =>
            sql.execute(
              raw`select 1 from imports where id = ${importId} and heartbeat_at > now() - interval '5 seconds'`,
            ),
          );
          return rows.length > 0;
        }, 10_000),
      { beatMs: 50 },
    );
    expect(await imports.look()).toEqual([]);
    goOn(rows(10));
    await running;
    expect(await stored(importId)).toMatchObject({ state: "completed", rowsAccepted: 6_010 });
  }, 60_000);

  it("stops by itself when it was taken for dead", async () => {
    const importId = await orphanedImport();
    const imports = new InterruptedImports(stores);
    await imports.look();
    await imports.look();
    const stopped = whileImporting(
      stores.db,
      { workspaceId: ann.workspaceId, importId },
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      { beatMs: 50 },
    );
    await expect(stopped).rejects.toThrow(`Import ${importId} was ended elsewhere`);
  }, 60_000);

  it("is made whole by asking again when it is the demo", async () => {
    const { workspaceId, userId } = ann;
    const broken = { ...stores.clickhouse, insert: () => Promise.reject(new Error("gone")) };
    await expect(
      loadDemo(
        { ...stores, clickhouse: { ...broken, tagged: () => broken } },
        { workspaceId, userId },
      ),
    ).rejects.toThrow();
    const importId = (await listImports(stores.db, { workspaceId })).find(
      ({ state }) => state === "running",
    )?.id;
    if (!importId) throw new Error("the demo left no import");
    await silence(importId);
    const imports = new InterruptedImports(stores);
    await imports.look();
    expect(await imports.look()).toEqual([importId]);
    expect(await loadDemo(stores, { workspaceId, userId })).toBe(importId);
    expect(await stored(importId)).toMatchObject({ state: "completed", problem: null });
  }, 60_000);
});

/** The whole way takes the time of two looks. */
describe.runIf(process.env.NETRA_TEST_FULL === "1")("a web server", () => {
  it("marks what a killed one left behind", async () => {
    const build = await builtWeb();
    const importId = await orphanedImport();
    const web = await startWeb(build, {
      ...env,
      APP_ORIGIN: "http://127.0.0.1",
      ROOMS_URL: "http://127.0.0.1:1999",
      ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
    });
    await until(async () => (await stored(importId))?.state === "failed", 60_000);
    await until(() => web.output().includes(`web: import ${importId} was interrupted`), 5_000);
    await web.stop();
  }, 180_000);
});
