import { insertCalls } from "../../db/clickhouse";
import type { Call } from "../../db/clickhouse/call";
import { finishImport, type SignedIn, signIn, startImport } from "../../db/postgres";
import type { Databases } from "../../db/startup";
import type { DatasetSummary } from "../../party/ports/thread-store";
import { datasetOf } from "../agents/scene";
import { recordSignIn } from "../support/sign-in";

/** A person of their own workspace, signed in, with one imported dataset. */
export async function measuredWorkspace(
  { db, clickhouse }: Databases,
  calls: readonly Call[],
): Promise<SignedIn & { session: string; dataset: DatasetSummary }> {
  const session = crypto.randomUUID();
  const person = await signIn(db, { issuer: "test", subject: session, email: null, name: "Ada" });
  await recordSignIn(db, person, session);
  const { workspaceId, userId } = person;
  const dataset = { ...datasetOf(calls), id: crypto.randomUUID() };
  const importId = crypto.randomUUID();
  await startImport(db, {
    ...{ id: importId, workspaceId, fileName: "calls.csv", fileBytes: null, options: {} },
    dataset: { id: dataset.id, name: dataset.name, source: "import" },
    createdBy: userId,
  });
  const target = { workspaceId, datasetId: dataset.id, importId };
  await insertCalls(clickhouse, target, [...calls]);
  await finishImport(db, {
    ...target,
    ...{ state: "completed", receipt: {}, problem: null, bytesRead: 0, rowsRejected: 0 },
    rowsAccepted: calls.length,
    firstCallAt: new Date(dataset.firstCallAt ?? 0),
    lastCallAt: new Date(dataset.lastCallAt ?? 0),
  });
  return { ...person, session, dataset };
}
