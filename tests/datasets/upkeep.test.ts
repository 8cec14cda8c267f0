import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { purgeDatasets, removeOldCalls } from "../../app/datasets/remove-old-calls.server";
import { runImport } from "../../app/datasets/run-import.server";
import { watchBudgets } from "../../app/insights/watch-budgets.server";
import { countDatasetCalls } from "../../db/clickhouse";
import {
  applyChange,
  type ChangeOutcome,
  findDataset,
  listDatasets,
  listOpenAlerts,
  type SignedIn,
  type WorkspaceChange,
} from "../../db/postgres";
import { startTestStores, type TestStores } from "../support/stores";

let stores: TestStores;
let ann: SignedIn;
beforeAll(async () => {
  stores = await startTestStores();
}, 60_000);
afterAll(() => stores?.stop());

const DAY_MS = 86_400_000;

/** A workspace of its own. */
async function newWorkspace(): Promise<void> {
  ann = await stores.person(randomUUID());
}

/** Imports a call of $0.0035 for each moment, as a person does; the dataset has the import's id. */
async function importCalls(times: readonly number[], feature = "chat"): Promise<string> {
  const importId = randomUUID();
  const rows = times.map((time) => `${new Date(time).toISOString()},gpt-4o,1000,100,${feature}`);
  const body = new Response(
    ["timestamp,model,input_tokens,output_tokens,feature", ...rows].join("\n"),
  ).body;
  if (!body) throw new Error("no body");
  const { workspaceId, userId } = ann;
  const wanted = { fileName: "log.csv", fileBytes: null, assignedModel: null, startTime: null };
  await runImport(stores, { workspaceId, userId, importId, wanted }, body);
  return importId;
}

function change(wanted: WorkspaceChange): Promise<ChangeOutcome> {
  const { workspaceId, userId } = ann;
  const by = { id: userId, name: "ann" };
  return applyChange(stores.db, { workspaceId, id: randomUUID(), by, runId: null, change: wanted });
}

const storedCalls = async (datasetId: string) =>
  (await countDatasetCalls(stores.clickhouse, { workspaceId: ann.workspaceId, datasetId })).calls;
const datasetOf = (datasetId: string) =>
  findDataset(stores.db, { workspaceId: ann.workspaceId, datasetId });

describe("calls that are older than their dataset keeps them", () => {
  it("go for good, by whole days, and the dataset says so under a new version", async () => {
    await newWorkspace();
    const today = Date.now() - (Date.now() % DAY_MS);
    const keeps = await importCalls([today - 90 * DAY_MS, today - 20 * DAY_MS]);
    const times = [today - 40 * DAY_MS, today - 10 * DAY_MS - 1, today - 10 * DAY_MS, today - 1];
    const datasetId = await importCalls(times);
    await change({ kind: "set-retention", datasetId, days: 10 });
    expect(await storedCalls(datasetId)).toBe(4);
    expect(await removeOldCalls(stores)).toEqual([datasetId]);
    expect(await storedCalls(datasetId)).toBe(2);
    expect(await datasetOf(datasetId)).toMatchObject({
      version: 2,
      calls: 2,
      removedCalls: 2,
      removedBefore: new Date(today - 10 * DAY_MS),
      firstCallAt: new Date(today - 10 * DAY_MS),
      lastCallAt: new Date(today - 1),
    });
    expect(await removeOldCalls(stores)).toEqual([]);
    expect(await datasetOf(datasetId)).toMatchObject({ version: 2, removedCalls: 2 });
    expect(await storedCalls(keeps)).toBe(2);
  });

  it("are counted once when the process died after they went, and when two do it at once", async () => {
    await newWorkspace();
    const datasetId = await importCalls([Date.now() - 40 * DAY_MS, Date.now() - 1_000]);
    await change({ kind: "set-retention", datasetId, days: 10 });
    // It dies before the record hears of it.
    const dies = {
      ...stores,
      db: { ...stores.db, write: () => Promise.reject(new Error("died")) },
    };
    await expect(removeOldCalls(dies)).rejects.toThrow("died");
    expect(await storedCalls(datasetId)).toBe(1);
    expect(await datasetOf(datasetId)).toMatchObject({ calls: 2, version: 1 });
    await Promise.all([removeOldCalls(stores), removeOldCalls(stores)]);
    expect(await datasetOf(datasetId)).toMatchObject({ calls: 1, version: 2, removedCalls: 1 });
  });

  it("all of them: the dataset is empty, and in no list that questions choose from", async () => {
    await newWorkspace();
    const datasetId = await importCalls([Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)]);
    await change({ kind: "set-retention", datasetId, days: 1 });
    await removeOldCalls(stores);
    expect(await datasetOf(datasetId)).toMatchObject({
      calls: 0,
      firstCallAt: null,
      lastCallAt: null,
    });
    const { workspaceId } = ann;
    expect(await listDatasets(stores.db, { workspaceId, withCalls: true })).toEqual([]);
  });
});

describe("a deleted dataset", () => {
  it("can be restored for some days; then its calls and its row go", async () => {
    await newWorkspace();
    const datasetId = await importCalls([Date.now()]);
    await change({ kind: "delete-dataset", datasetId });
    expect(await datasetOf(datasetId)).toBeNull();
    await purgeDatasets(stores);
    expect(await storedCalls(datasetId)).toBe(1);
    expect(await change({ kind: "restore-dataset", datasetId })).toMatchObject({ done: true });
    expect(await datasetOf(datasetId)).toMatchObject({ calls: 1 });

    await change({ kind: "delete-dataset", datasetId });
    await stores.db.write((sql) =>
      sql.execute(
        raw`update datasets set deleted_at = now() - interval '8 days' where id = ${datasetId}`,
      ),
    );
    expect(await change({ kind: "restore-dataset", datasetId })).toMatchObject({
      done: false,
      refusal: { field: "Dataset" },
    });
    await purgeDatasets(stores);
    expect(await storedCalls(datasetId)).toBe(0);
    const rows = await stores.db.read((sql) =>
      sql.execute(raw`select 1 from imports where dataset_id = ${datasetId}`),
    );
    expect(rows.rows).toEqual([]);
  });
});

describe("a budget's alert", () => {
  const alerts = () => listOpenAlerts(stores.db, { workspaceId: ann.workspaceId });
  const march = (count: number) =>
    Array.from({ length: count }, (_, index) => Date.UTC(2026, 2, 5, 0, 0, index));

  it("is raised after the import that reaches it, once, for the month of the newest call", async () => {
    await newWorkspace();
    // $0.28 of $0.35 is exactly its 80 %.
    await change({ kind: "set-budget", feature: "", amountUsd: 0.35, alertPercent: 80 });
    await importCalls([Date.UTC(2026, 1, 28), ...march(79)]);
    expect(await alerts()).toEqual([]);
    await importCalls([Date.UTC(2026, 2, 31, 23, 59)]);
    const [raised, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(raised).toMatchObject({ feature: "", month: "2026-03", percent: 80, amountUsd: "0.35" });
    expect(Number(raised?.spentUsd)).toBe(0.28);
    await Promise.all([watchBudgets(stores), watchBudgets(stores)]);
    expect(await alerts()).toHaveLength(1);
    await importCalls(march(20));
    expect((await alerts()).map(({ percent }) => percent)).toEqual([100, 80]);
  });

  it("looks at the budget's own feature, and goes when the budget is changed or removed", async () => {
    await newWorkspace();
    await importCalls(march(10), "chat");
    await importCalls(march(2), "search");
    await change({ kind: "set-budget", feature: "search", amountUsd: 0.02, alertPercent: 50 });
    await watchBudgets(stores);
    expect(await alerts()).toEqual([]);
    await change({ kind: "set-budget", feature: "chat", amountUsd: 0.02, alertPercent: 50 });
    await watchBudgets(stores);
    expect((await alerts()).map(({ feature, percent }) => `${feature} ${percent}`)).toEqual([
      "chat 100",
      "chat 50",
    ]);
    await change({ kind: "set-budget", feature: "chat", amountUsd: 1, alertPercent: 50 });
    expect(await alerts()).toEqual([]);
    await watchBudgets(stores);
    expect(await alerts()).toEqual([]);
  });
});
