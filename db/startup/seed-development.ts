import { countDatasetCalls, insertCalls } from "../clickhouse";
import { demoReceipt, loadDemoCalls } from "../demo";
import { findDataset, finishImport, startImport, whileImporting } from "../postgres";
import { memberships, users, workspaces } from "../postgres/schema";
import type { Databases } from "./index";

/** Fixed, so that a second start finds what the first one made. */
export const development = {
  user: {
    id: "01900000-0000-7000-8000-000000000001",
    issuer: "development",
    subject: "developer",
    email: "developer@localhost",
    name: "Development user",
  },
  workspace: { id: "01900000-0000-7000-8000-000000000002", name: "Demo workspace" },
  dataset: { id: "01900000-0000-7000-8000-000000000003", name: "Demo: 30 days of calls" },
  importId: "01900000-0000-7000-8000-000000000004",
  demoSeed: 1,
} as const;

const FILE_NAME = "demo.generated";
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The development user, the demo workspace and its demo dataset, each only when missing. Safe to be
 * killed at any point: the moment the demo ends at is written down first, so a second try generates
 * the same calls with the same ids, and the dataset counts calls only once all of them are stored.
 */
export async function seedDevelopment({ db, clickhouse }: Databases): Promise<string> {
  const { user, workspace, dataset, importId, demoSeed } = development;
  const present = await findDataset(db, { workspaceId: workspace.id, datasetId: dataset.id });
  if (present && present.calls > 0) return "present";

  await db.write(
    (sql) =>
      sql.batch([
        sql.insert(users).values(user).onConflictDoNothing(),
        sql.insert(workspaces).values(workspace).onConflictDoNothing(),
        sql
          .insert(memberships)
          .values({ workspaceId: workspace.id, userId: user.id, role: "owner" })
          .onConflictDoNothing(),
      ]),
    { idempotent: true },
  );
  const startedAt = Date.now();
  const row = await startImport(db, {
    id: importId,
    workspaceId: workspace.id,
    dataset: { ...dataset, source: "demo" },
    fileName: FILE_NAME,
    fileBytes: null,
    options: { importId, fileName: FILE_NAME, seed: demoSeed, endsAt: wholeDay(startedAt) },
    createdBy: user.id,
  });
  const target = { workspaceId: workspace.id, datasetId: dataset.id, importId };
  const facts = await whileImporting(db, target, () =>
    loadDemoCalls(
      async (calls) => {
        await insertCalls(clickhouse, target, calls);
      },
      { seed: demoSeed, endsAt: endsAtOf(row.options) ?? wholeDay(startedAt) },
    ),
  );
  const stored = await countDatasetCalls(clickhouse, target);
  if (stored.calls !== facts.calls) {
    throw new Error(`ClickHouse holds ${stored.calls} of the demo's ${facts.calls} calls`);
  }
  await finishImport(db, {
    ...target,
    state: "completed",
    receipt: demoReceipt(facts, {
      importId,
      fileName: FILE_NAME,
      elapsedMs: Date.now() - startedAt,
    }),
    problem: null,
    bytesRead: 0,
    rowsAccepted: facts.calls,
    rowsRejected: 0,
    firstCallAt: new Date(facts.firstCallAt),
    lastCallAt: new Date(facts.lastCallAt),
  });
  return `${facts.calls} calls generated`;
}

/** The demo ends with the last whole UTC day. */
function wholeDay(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

function endsAtOf(options: unknown): number | null {
  if (typeof options !== "object" || options === null || !("endsAt" in options)) return null;
  return typeof options.endsAt === "number" ? options.endsAt : null;
}
