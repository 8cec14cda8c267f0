import { z } from "zod";
import {
  type Database,
  listEvidence,
  listMessages,
  listModelCalls,
  listReports,
  listRuns,
  listSteps,
  type StoredMessage,
  type StoredModelCall,
  type StoredRun,
  type StoredStep,
} from "../../db/postgres";
import {
  branchOf,
  type ChosenVersions,
  choicesSchema,
  type Evidence,
  evidenceSchema,
  type Message,
  modelCallSchema,
  type Report,
  reportSchema,
  richTextSchema,
} from "../../party/protocol";
import { emptyThreadView, type RunView, type StepView, type ThreadView } from "./thread-state";
import { elsewhere, questionsOf } from "./timeline";

/**
 * A thread as the record has it: what a page shows before it is live, and without script. It may lag
 * behind the room by a moment, and knows of no tool calls.
 * @throws PostgresError; ZodError when the record holds what the protocol cannot read
 */
export async function readThreadRecord(
  db: Database,
  key: { workspaceId: string; threadId: string },
): Promise<ThreadView> {
  const [messages, runs, steps, evidence, reports, modelCalls] = await Promise.all([
    listMessages(db, key),
    listRuns(db, key),
    listSteps(db, key),
    listEvidence(db, key),
    listReports(db, key),
    listModelCalls(db, key),
  ]);
  return {
    ...emptyThreadView,
    messages: messages.map(messageOf),
    runs: runs.map((run) => runOf(run, steps, modelCalls)),
    evidence: Object.fromEntries(
      z
        .array(evidenceSchema)
        .parse(evidence.map(({ body }) => body))
        .map((item): [string, Evidence] => [item.label, item]),
    ),
    reports: Object.fromEntries(
      z
        .array(reportSchema)
        .parse(reports.map(({ body }) => body))
        .map((report): [string, Report] => [report.runId, report]),
    ),
  };
}

/**
 * The last questions of a thread's newest branch, or of the one with the chosen versions, with everything that
 * belongs to them, and how many stand before them. Of their other versions only the questions stay, so that the page can count them.
 */
export function latestOf(
  record: ThreadView,
  count: number,
  chosen?: ChosenVersions,
): { record: ThreadView; earlier: number } {
  const branch = branchOf(questionsOf(record), chosen);
  const earlier = Math.max(0, branch.length - count);
  const shown = branch.slice(earlier);
  const asked = new Set(shown.map(({ question }) => question.id));
  const versions = new Set(shown.flatMap((point) => point.versions));
  const isWhole = earlier === 0 && questionsOf(record).every(({ id }) => asked.has(id));
  return { record: isWhole ? record : only(record, asked, versions), earlier };
}

/** The newest branch alone, and how many questions stand in other ones. For readers of a copy. */
export function newestBranchOf(record: ThreadView): { record: ThreadView; elsewhere: number } {
  const branch = branchOf(questionsOf(record));
  const others = elsewhere(record, branch);
  const asked = new Set(branch.map(({ question }) => question.id));
  return { record: others === 0 ? record : only(record, asked, asked), elsewhere: others };
}

/**
 * What belongs to the questions `asked`; of the questions `named` no more than themselves. Evidence stays
 * that something kept cites, whichever run recorded it.
 */
function only(
  record: ThreadView,
  asked: ReadonlySet<string>,
  named: ReadonlySet<string>,
): ThreadView {
  const runs = record.runs.filter((run) => asked.has(run.messageId));
  const runIds = new Set(runs.map(({ id }) => id));
  const messages = record.messages.filter(
    ({ id, runId }) => named.has(id) || (runId !== null && runIds.has(runId)),
  );
  const reports = Object.fromEntries(
    Object.entries(record.reports).filter(([runId]) => runIds.has(runId)),
  );
  const cited = new Set(JSON.stringify([messages, runs, reports]).match(/(?<=")E[1-9]\d*(?=")/g));
  const evidence = Object.fromEntries(
    Object.entries(record.evidence).filter(
      ([label, { runId }]) => runIds.has(runId) || cited.has(label),
    ),
  );
  return { ...record, messages, runs, reports, evidence };
}

function messageOf(stored: StoredMessage): Message {
  return {
    id: stored.id,
    role: stored.role,
    author:
      stored.authorId === null ? null : { id: stored.authorId, name: stored.authorName ?? "" },
    ...(stored.role === "user" ? { parentId: stored.parentId } : {}),
    runId: stored.runId,
    text: richTextSchema.parse(stored.text),
    ...(stored.choices === null ? {} : { choices: choicesSchema.parse(stored.choices) }),
    writer: stored.writer,
    ending: stored.ending,
    at: stored.createdAt.toISOString(),
  };
}

function runOf(
  run: StoredRun,
  steps: readonly StoredStep[],
  modelCalls: readonly StoredModelCall[],
): RunView {
  const own = steps.filter(({ runId }) => runId === run.id);
  return {
    id: run.id,
    messageId: run.messageId,
    model: run.model,
    state: runState(run.state),
    reason: run.reason,
    // Who decides does so in the room, which knows what was asked.
    approvals: [],
    retried: false,
    resumptions: 0,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    steps: own.flatMap((step) =>
      step.state === "skipped" ? [] : stepOf({ ...step, state: step.state }),
    ),
    skipped: own.flatMap(({ state, agent, reason }) =>
      state === "skipped" ? { agent, reason } : [],
    ),
    modelCalls: modelCalls.flatMap(({ runId, body }) =>
      runId === run.id ? modelCallSchema.parse(body) : [],
    ),
    streaming: [],
  };
}

function runState(state: StoredRun["state"]): RunView["state"] {
  switch (state) {
    case "completed":
    case "cancelled":
    case "failed":
    case "waiting-approval":
      return state;
    case "pending":
    case "running":
      return "running";
  }
}

function stepOf(step: StoredStep & { state: Exclude<StoredStep["state"], "skipped"> }): StepView {
  return {
    id: step.id,
    agent: step.agent,
    writer: step.writer,
    reason: step.reason,
    state: step.state,
    repeated: false,
    summary: step.summary === null ? [] : richTextSchema.parse(step.summary),
    problem: step.problem,
    elapsedMs: step.finishedAt ? step.finishedAt.getTime() - step.startedAt.getTime() : null,
    tools: [],
  };
}
