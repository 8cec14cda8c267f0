import { listBudgets } from "../../db/postgres";
import type { Services } from "../platform/types";
import type { BudgetView, Forecast } from "./budget-card";
import { type BudgetStanding, forecastOf, readStandings } from "./budget-standing.server";
import { isCallsUnread } from "./calls-unread.server";
import { raiseReached } from "./watch-budgets.server";

/** A page waits this long for the calls to be read, ms. */
const PATIENCE_MS = 20_000;

/** The workspace's budgets as the page shows them; `unread` says why what is spent is not known. */
export async function readBudgets(
  services: Pick<Services, "db" | "clickhouse">,
  workspaceId: string,
  request: { signal: AbortSignal },
): Promise<{ budgets: BudgetView[]; unread: string | null }> {
  const budgets = await listBudgets(services.db, { workspaceId });
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const standings = await readStandings(services, { workspaceId, budgets }, signal);
    // Who looks is told of what they see; everybody else by the next page.
    await raiseReached(services.db, workspaceId, standings);
    const views = standings.map(async (standing) => {
      const { month, spentUsd, unpricedCalls, percent, receipt, budget } = standing;
      const { feature, amountUsd, alertPercent } = budget;
      const forecast: Forecast =
        month === null
          ? { state: "unknown", reason: "there are no calls yet" }
          : percent !== null && percent >= 100
            ? { state: "crossed" }
            : await readForecast(services, standing, signal);
      const spent = { month, spentUsd, unpricedCalls, percent, receipt, forecast };
      return { feature, amountUsd, alertPercent, ...spent };
    });
    return { budgets: await Promise.all(views), unread: null };
  } catch (error) {
    const isStore = isCallsUnread(error);
    if (!isStore && !signal.aborted) throw error;
    const nothing = { month: null, spentUsd: null, unpricedCalls: 0, percent: null, receipt: null };
    const forecast = { state: "unknown" as const, reason: "the calls could not be read" };
    return {
      budgets: budgets.map(({ setAt: _, ...budget }) => ({ ...budget, ...nothing, forecast })),
      unread: isStore ? error.message : `No answer came within ${PATIENCE_MS / 1000} seconds`,
    };
  }
}

async function readForecast(
  services: Pick<Services, "clickhouse">,
  standing: BudgetStanding,
  signal: AbortSignal,
): Promise<Forecast> {
  const { result, receipt } = await forecastOf(services, standing, signal);
  if (result.forecast.state === "unknown") return result.forecast;
  switch (result.budget?.state) {
    case "already-crossed":
      return { state: "crossed" };
    case "crosses": {
      const { at, earliest } = result.budget;
      const day = (time: number) => new Date(time).toISOString();
      return {
        state: "crosses",
        at: at === null ? null : day(at),
        earliest: day(earliest),
        receipt,
      };
    }
    default:
      return { state: "holds" };
  }
}
