import { createCallSource } from "../../db/clickhouse/call-source";
import {
  type AcceptedAction,
  type ActionPlace,
  acceptAction,
  type Database,
  featuresChangedBeside,
  findEvidence,
  listDatasets,
  listReports,
  recordVerification,
  type ThreadPlace,
} from "../../db/postgres";
import { verifyAction } from "../../party/analysis/verify-action";
import {
  type Evidence,
  evidenceSchema,
  type Figure,
  type ReportAction,
  reportSchema,
} from "../../party/protocol";
import type { Services } from "../platform/types";
import { storedVerificationSchema } from "./action-verification";
import { isCallsUnread } from "./calls-unread.server";

/** Intervals of verifications are shown at this confidence. */
const LEVEL = 0.9;
/** A page waits this long for the calls to be read, ms. */
const PATIENCE_MS = 60_000;

/** The action as its report proposed it; null when no report of the thread has it. */
export async function findReportAction(
  db: Database,
  place: ThreadPlace,
  actionId: string,
): Promise<{ runId: string; action: ReportAction } | null> {
  for (const { runId, body } of await listReports(db, place)) {
    const report = reportSchema.safeParse(body);
    const action = report.data?.actions.find(({ id }) => id === actionId);
    if (action) return { runId, action };
  }
  return null;
}

/** Stores what the action promises, by the evidence that it cites. Gives the reason why it cannot be, else null. */
export async function acceptReportAction(
  db: Database,
  place: ThreadPlace,
  { runId, action }: { runId: string; action: ReportAction },
  userId: string,
): Promise<string | null> {
  if (!action.saving) return "This action promises no saving, so there would be nothing to verify.";
  const stored = await findEvidence(db, { ...place, label: action.saving.evidence });
  if (!stored) return `The evidence ${action.saving.evidence} that it cites is not recorded yet.`;
  const evidence = evidenceSchema.parse(stored.body);
  const saving = citedValue(evidence, action.saving);
  if (saving === null) return "The saving that it cites is not known.";
  const { question } = evidence;
  const onlyFeature = question?.filters.feature?.length === 1 ? question.filters.feature[0] : null;
  await acceptAction(db, {
    ...place,
    actionId: action.id,
    runId,
    lever: action.lever,
    title: action.title,
    feature: action.feature ?? onlyFeature ?? null,
    savingLowUsd: citedValue(evidence, action.savingLow) ?? saving,
    savingHighUsd: citedValue(evidence, action.savingHigh) ?? saving,
    baselineFrom: question?.from == null ? null : new Date(question.from),
    // Calls that came after the evidence are no part of what it was computed on.
    baselineTo: new Date(question?.to ?? evidence.at),
    datasets: evidence.datasets.map(({ id }) => id),
    evidence: action.evidence,
    acceptedBy: userId,
    acceptedAt: new Date(),
  });
  return null;
}

function citedValue(evidence: Evidence, figure: Figure | null): string | null {
  if (!figure || figure.evidence !== evidence.label) return null;
  const value = evidence.values.find(
    ({ segment, key }) => segment === figure.segment && key === figure.key,
  );
  return value?.value ?? null;
}

/** Compares realised with promised over the workspace's calls of today and stores the outcome. Gives why no answer came, else null. */
export async function verifyAcceptedAction(
  { db, clickhouse }: Pick<Services, "db" | "clickhouse">,
  place: ActionPlace,
  action: AcceptedAction & { doneAt: Date },
  request: { signal: AbortSignal },
): Promise<string | null> {
  const { workspaceId } = place;
  const [all, beside] = await Promise.all([
    listDatasets(db, { workspaceId }),
    featuresChangedBeside(db, place),
  ]);
  const named = new Set(Array.isArray(action.datasets) ? action.datasets : []);
  const datasets = all.filter(({ id }) => named.has(id));
  const changed = beside.filter((feature) => feature !== null);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const { result, draft } = await verifyAction(
      createCallSource(clickhouse),
      { workspaceId, datasets, from: null, to: null, filters: {} },
      {
        lever: action.lever,
        feature: action.feature,
        savingLowUsd: Number(action.savingLowUsd),
        savingHighUsd: Number(action.savingHighUsd),
        baseline: {
          from: action.baselineFrom?.getTime() ?? null,
          to: action.baselineTo?.getTime() ?? null,
        },
        acceptedAt: action.acceptedAt.getTime(),
        doneAt: action.doneAt.getTime(),
        alsoChanged: changed.length < beside.length ? null : changed,
        level: LEVEL,
      },
      signal,
    );
    const verification = storedVerificationSchema.parse({
      state: result.state,
      verdict: result.state === "verified" ? result.verdict : null,
      reason: result.state === "verified" ? null : result.reason,
      draft,
    });
    await recordVerification(db, { ...place, verification, verified: result.state === "verified" });
    return null;
  } catch (error) {
    const isStore = isCallsUnread(error);
    if (!isStore && !signal.aborted) throw error;
    return isStore
      ? `The calls could not be read: ${error.message}. Try again later.`
      : `No answer came within ${PATIENCE_MS / 1000} seconds. Try again later.`;
  }
}
