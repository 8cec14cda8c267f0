import { and, eq, isNull, ne, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { actions, users } from "../schema";
import type { ThreadPlace } from "./thread-record";

/** An action of a thread's report. */
export interface ActionPlace extends ThreadPlace {
  actionId: string;
}

/** An accepted action and what it promised. Savings are decimal text in USD over the baseline. */
export interface AcceptedAction {
  id: string;
  lever: string;
  title: string;
  state: "accepted" | "done" | "verified";
  feature: string | null;
  savingLowUsd: string;
  savingHighUsd: string;
  baselineFrom: Date | null;
  baselineTo: Date | null;
  /** Ids, as jsonb. */
  datasets: unknown;
  evidence: unknown;
  /** Null when that person is gone. */
  acceptedBy: string | null;
  acceptedAt: Date;
  doneAt: Date | null;
  verification: unknown;
  verifiedAt: Date | null;
}

const columns = {
  id: actions.id,
  lever: actions.lever,
  title: actions.title,
  state: actions.state,
  feature: actions.feature,
  savingLowUsd: actions.savingLowUsd,
  savingHighUsd: actions.savingHighUsd,
  baselineFrom: actions.baselineFrom,
  baselineTo: actions.baselineTo,
  datasets: actions.datasets,
  evidence: actions.evidence,
  acceptedBy: users.name,
  acceptedAt: actions.acceptedAt,
  doneAt: actions.doneAt,
  verification: actions.verification,
  verifiedAt: actions.verifiedAt,
};

/** Keeps the promise of the first acceptance: accepting again changes nothing. The caller has checked that the action is of the thread's report. */
export async function acceptAction(
  db: Database,
  {
    actionId,
    ...accepted
  }: ActionPlace & {
    runId: string;
    lever: string;
    title: string;
    feature: string | null;
    savingLowUsd: string;
    savingHighUsd: string;
    baselineFrom: Date | null;
    baselineTo: Date | null;
    datasets: readonly string[];
    evidence: readonly string[];
    acceptedBy: string;
    acceptedAt: Date;
  },
): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .insert(actions)
        .values({ id: actionId, state: "accepted", ...accepted })
        .onConflictDoNothing(),
    { idempotent: true },
  );
}

/** Null when nobody has accepted it, or it is another workspace's. */
export async function findAction(
  db: Database,
  { workspaceId, threadId, actionId }: ActionPlace,
): Promise<AcceptedAction | null> {
  const [row] = await db.read((sql) =>
    sql
      .select(columns)
      .from(actions)
      .leftJoin(users, eq(users.id, actions.acceptedBy))
      .where(
        and(
          eq(actions.workspaceId, workspaceId),
          eq(actions.threadId, threadId),
          eq(actions.id, actionId),
        ),
      ),
  );
  return row ?? null;
}

/** The features that the workspace's other accepted actions change; null stands for all features. */
export async function featuresChangedBeside(
  db: Database,
  { workspaceId, actionId }: Pick<ActionPlace, "workspaceId" | "actionId">,
): Promise<Array<string | null>> {
  const rows = await db.read((sql) =>
    sql
      .selectDistinct({ feature: actions.feature })
      .from(actions)
      .where(and(eq(actions.workspaceId, workspaceId), ne(actions.id, actionId))),
  );
  return rows.map(({ feature }) => feature);
}

/** The moment of the first time stays. An action that nobody accepted is not there to be done. */
export async function markActionDone(db: Database, place: ActionPlace): Promise<void> {
  await db.write(
    (sql) =>
      sql
        .update(actions)
        .set({ state: "done", doneAt: raw`now()` })
        .where(and(isPlace(place), isNull(actions.doneAt))),
    { idempotent: true },
  );
}

/** Replaces an earlier verification; a verified action stays verified. */
export async function recordVerification(
  db: Database,
  { verification, verified, ...place }: ActionPlace & { verification: unknown; verified: boolean },
): Promise<void> {
  const state = verified ? ("verified" as const) : undefined;
  await db.write(
    (sql) =>
      sql
        .update(actions)
        .set({ verification, verifiedAt: raw`now()`, ...(state ? { state } : {}) })
        .where(isPlace(place)),
    { idempotent: true },
  );
}

function isPlace({ workspaceId, threadId, actionId }: ActionPlace) {
  return and(
    eq(actions.workspaceId, workspaceId),
    eq(actions.threadId, threadId),
    eq(actions.id, actionId),
  );
}
