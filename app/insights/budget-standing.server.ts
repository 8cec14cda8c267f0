import { createCallSource } from "../../db/clickhouse/call-source";
import { type Budget, type Dataset, listDatasets } from "../../db/postgres";
import { askCalls } from "../../party/analysis/ask-calls";
import { type ProjectSpendResult, projectSpend } from "../../party/analysis/project-spend";
import type { Scope } from "../../party/analysis/source";
import type { EvidenceDraft } from "../../party/protocol";
import type { Services } from "../platform/types";

/** What of a budget is spent, with its receipt. The month is that of the newest call, which may be a past one. */
export interface BudgetStanding {
  budget: Budget;
  /** Calls of these datasets are compared with it. */
  scope: Scope;
  /** `2026-03`; null without any call. */
  month: string | null;
  /** Decimal text; null when no call of the month is priced. */
  spentUsd: string | null;
  unpricedCalls: number;
  /** Spent share of the budget; null when nothing is known. */
  percent: number | null;
  receipt: EvidenceDraft | null;
}

/** Where each of the workspace's budgets stands by the calls that are stored now. Throws what the stores throw. */
export async function readStandings(
  { db, clickhouse }: Pick<Services, "db" | "clickhouse">,
  { workspaceId, budgets }: { workspaceId: string; budgets: readonly Budget[] },
  signal?: AbortSignal,
): Promise<BudgetStanding[]> {
  const datasets = countedDatasets(await listDatasets(db, { workspaceId, withCalls: true }));
  const newest = Math.max(...datasets.map(({ lastCallAt }) => lastCallAt?.getTime() ?? 0));
  const source = createCallSource(clickhouse);
  return Promise.all(
    budgets.map(async (budget) => {
      const scope = {
        workspaceId,
        datasets: datasets.map(({ id, name, version }) => ({ id, name, version })),
        filters: budget.feature === "" ? {} : { feature: [budget.feature] },
      };
      if (datasets.length === 0) {
        const nothing = { month: null, spentUsd: null, unpricedCalls: 0, percent: null };
        return { budget, scope: { ...scope, from: null, to: null }, ...nothing, receipt: null };
      }
      const month = monthOf(newest);
      const { result, draft } = await askCalls(
        source,
        { ...scope, ...month },
        { measures: ["spend", "priced_calls", "unpriced_calls"] },
        signal,
      );
      const values = result.rows[0]?.values;
      const spentUsd = values?.spend ?? null;
      return {
        budget,
        scope: { ...scope, from: null, to: null },
        month: new Date(month.from).toISOString().slice(0, 7),
        spentUsd,
        unpricedCalls: values?.unpriced_calls ?? 0,
        percent: spentUsd === null ? null : (100 * Number(spentUsd)) / Number(budget.amountUsd),
        receipt: draft,
      };
    }),
  );
}

/** When the month's budget is crossed by the trend of the log, with the receipt. */
export async function forecastOf(
  { clickhouse }: Pick<Services, "clickhouse">,
  { budget, scope }: BudgetStanding,
  signal: AbortSignal,
): Promise<{ result: ProjectSpendResult; receipt: EvidenceDraft }> {
  const question = { budgetUsd: Number(budget.amountUsd) };
  const { result, draft } = await projectSpend(
    createCallSource(clickhouse),
    scope,
    question,
    signal,
  );
  return { result, receipt: draft };
}

/** Generated calls cost nobody anything: they count only where there are no others. The crew's own never do. */
function countedDatasets(datasets: readonly Dataset[]): Dataset[] {
  const logs = datasets.filter(({ source }) => source !== "crew");
  const own = logs.filter(({ source }) => source !== "demo");
  return own.length > 0 ? own : logs;
}

/** The calendar month (UTC) of a moment: Unix ms, `to` exclusive. */
function monthOf(at: number): { from: number; to: number } {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
}
