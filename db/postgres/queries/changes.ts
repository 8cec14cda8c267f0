import { and, desc, eq, isNull, sql as raw } from "drizzle-orm";
import type { Database, TransactionSql } from "../client";
import { budgetAlerts, budgets, changes, datasets, memberships } from "../schema";
import { restorableDataset } from "./datasets-removal";

/** Something of a workspace that people change, by hand or by approving it in a thread. */
export type WorkspaceChange =
  /** `feature`: whose calls it bounds; empty for all calls. `alertPercent`: when people are told, besides 100. */
  | { kind: "set-budget"; feature: string; amountUsd: number; alertPercent: number }
  | { kind: "remove-budget"; feature: string }
  /** Null keeps calls for good. */
  | { kind: "set-retention"; datasetId: string; days: number | null }
  | { kind: "delete-dataset"; datasetId: string }
  | { kind: "restore-dataset"; datasetId: string };

/** For people: `problem` says what is wrong with `field`. */
export interface ChangeRefusal {
  field: string;
  problem: string;
}

export type ChangeOutcome = { done: true; at: Date } | { done: false; refusal: ChangeRefusal };

/** Who may change what a whole workspace rests on, and within which bounds. */
export const changeRules = {
  roles: ["owner", "admin"],
  amountUsd: { min: 0.01, max: 1_000_000_000 },
  alertPercent: { min: 1, max: 100 },
  days: { min: 1, max: 3_650 },
  featureCharacters: 200,
} as const;

export interface ChangeOrder {
  workspaceId: string;
  /** Of the approval or the form: the same order again changes nothing and is answered like the first. */
  id: string;
  by: { id: string; name: string };
  /** The run that asked for it; null when it is done by hand. */
  runId: string | null;
  change: WorkspaceChange;
}

/**
 * Makes a change and writes down who ordered it, both or none, once per order. What does not hold (values,
 * the person's right, the dataset) is refused, and then only the refusal is written down.
 * @throws PostgresError
 */
export function applyChange(db: Database, order: ChangeOrder): Promise<ChangeOutcome> {
  const { workspaceId, id, by, runId, change } = order;
  return db.transaction(async (sql) => {
    const [row] = await sql
      .insert(changes)
      .values({
        id,
        workspaceId,
        kind: change.kind,
        body: change,
        runId,
        byId: by.id,
        byName: by.name,
      })
      .onConflictDoNothing()
      .returning({ at: changes.at });
    if (!row) return outcomeOf(await earlierOutcome(sql, order));
    const refusal =
      valueProblem(change) ?? (await rightProblem(sql, order)) ?? (await act(sql, order));
    if (refusal !== null) await sql.update(changes).set({ refusal }).where(isOrder(order));
    return outcomeOf({ at: row.at, refusal });
  });
}

async function earlierOutcome(sql: TransactionSql, order: ChangeOrder) {
  const [row] = await sql
    .select({ at: changes.at, refusal: changes.refusal })
    .from(changes)
    .where(isOrder(order));
  if (!row) throw new Error(`the change ${order.id} is neither new nor known`);
  return { at: row.at, refusal: row.refusal as ChangeRefusal | null };
}

function outcomeOf({ at, refusal }: { at: Date; refusal: ChangeRefusal | null }): ChangeOutcome {
  return refusal === null ? { done: true, at } : { done: false, refusal };
}

function isOrder({ workspaceId, id }: Pick<ChangeOrder, "workspaceId" | "id">) {
  return and(eq(changes.workspaceId, workspaceId), eq(changes.id, id));
}

/** What is wrong with the values themselves; null when nothing is. Pure. */
function valueProblem(change: WorkspaceChange): ChangeRefusal | null {
  switch (change.kind) {
    case "set-budget":
      return (
        featureProblem(change.feature) ??
        outside("Budget", change.amountUsd, changeRules.amountUsd) ??
        (Math.abs(change.amountUsd * 100 - Math.round(change.amountUsd * 100)) > 1e-6
          ? { field: "Budget", problem: "must be in whole cents" }
          : null) ??
        wholeWithin("Alert at", change.alertPercent, changeRules.alertPercent)
      );
    case "remove-budget":
      return featureProblem(change.feature);
    case "set-retention":
      return change.days === null ? null : wholeWithin("Days", change.days, changeRules.days);
    case "delete-dataset":
    case "restore-dataset":
      return null;
  }
}

function featureProblem(feature: string): ChangeRefusal | null {
  if (feature.length > changeRules.featureCharacters) {
    return {
      field: "Feature",
      problem: `may have ${changeRules.featureCharacters} characters`,
    };
  }
  return feature.includes("\0")
    ? { field: "Feature", problem: "holds a character that cannot be stored" }
    : null;
}

type Bounds = Readonly<{ min: number; max: number }>;

function wholeWithin(field: string, value: number, bounds: Bounds): ChangeRefusal | null {
  return Number.isInteger(value)
    ? outside(field, value, bounds)
    : { field, problem: "must be a whole number" };
}

function outside(field: string, value: number, { min, max }: Bounds): ChangeRefusal | null {
  if (!Number.isFinite(value)) return { field, problem: "must be a number" };
  if (value < min) return { field, problem: `must be at least ${min}` };
  return value > max ? { field, problem: `must be at most ${max}` } : null;
}

/** The right counts when the change is made, whatever it was when somebody approved it. */
async function rightProblem(
  sql: TransactionSql,
  { workspaceId, by }: ChangeOrder,
): Promise<ChangeRefusal | null> {
  const [member] = await sql
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, by.id)))
    .for("share");
  if (changeRules.roles.some((role) => role === member?.role)) return null;
  const standing = member ? `is ${member.role} now` : "is no member of the workspace any more";
  return {
    field: "Decided by",
    problem: `${by.name} ${standing}; this needs the role ${changeRules.roles.join(" or ")}`,
  };
}

async function act(
  sql: TransactionSql,
  { workspaceId, change }: ChangeOrder,
): Promise<ChangeRefusal | null> {
  switch (change.kind) {
    case "set-budget": {
      const { feature, amountUsd, alertPercent } = change;
      const amount = { amountUsd: amountUsd.toFixed(2), alertPercent, setAt: raw`now()` };
      await sql
        .insert(budgets)
        .values({ workspaceId, feature, ...amount })
        .onConflictDoUpdate({ target: [budgets.workspaceId, budgets.feature], set: amount });
      // What people were told was about another amount.
      await sql
        .delete(budgetAlerts)
        .where(and(eq(budgetAlerts.workspaceId, workspaceId), eq(budgetAlerts.feature, feature)));
      return null;
    }
    case "remove-budget": {
      const { feature } = change;
      const gone = await sql
        .delete(budgets)
        .where(and(eq(budgets.workspaceId, workspaceId), eq(budgets.feature, feature)))
        .returning({ feature: budgets.feature });
      if (gone.length > 0) return null;
      const whose = feature === "" ? "the workspace" : feature;
      return { field: "Budget", problem: `there is none for ${whose}` };
    }
    case "set-retention":
      return onDataset(sql, { workspaceId, ...change }, { retentionDays: change.days });
    case "delete-dataset":
      return onDataset(sql, { workspaceId, ...change }, { deletedAt: raw`now()` });
    case "restore-dataset":
      return onDataset(sql, { workspaceId, ...change }, { deletedAt: null }, restorableDataset);
  }
}

/** Another workspace's dataset answers like a missing one. */
async function onDataset(
  sql: TransactionSql,
  { workspaceId, datasetId }: { workspaceId: string; datasetId: string },
  values: Partial<Record<"retentionDays" | "deletedAt", unknown>>,
  where = isNull(datasets.deletedAt),
): Promise<ChangeRefusal | null> {
  const changed = await sql
    .update(datasets)
    .set(values as typeof datasets.$inferInsert)
    .where(and(eq(datasets.id, datasetId), eq(datasets.workspaceId, workspaceId), where))
    .returning({ id: datasets.id });
  return changed.length > 0
    ? null
    : { field: "Dataset", problem: "this workspace has none like that any more" };
}

export interface StoredChange {
  id: string;
  /** WorkspaceChange, as jsonb. */
  body: unknown;
  byName: string;
  at: Date;
}

/** What was changed in the workspace, newest first; refusals are left out. */
export function listChanges(
  db: Database,
  { workspaceId, limit }: { workspaceId: string; limit: number },
): Promise<StoredChange[]> {
  return db.read((sql) =>
    sql
      .select({ id: changes.id, body: changes.body, byName: changes.byName, at: changes.at })
      .from(changes)
      .where(and(eq(changes.workspaceId, workspaceId), isNull(changes.refusal)))
      .orderBy(desc(changes.at), desc(changes.id))
      .limit(limit),
  );
}
