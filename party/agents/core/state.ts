import { z } from "zod";
import {
  type AgentName,
  type ApprovalRequest,
  agentNameSchema,
  approvalChoiceSchema,
  approvalRequestSchema,
  approvalValuesSchema,
  type Evidence,
  evidenceLabelSchema,
  evidenceSchema,
  personSchema,
  stepOutcomeSchema,
  writerSchema,
} from "../../protocol";
import type { ApprovalDecision, CrewRequest } from "./crew";
import { UnreadableState } from "./errors";

export const STATE_VERSION = 1;

/** What later steps need of an evidence; SQL and parameters stand in the event alone. */
export const keptEvidenceSchema = evidenceSchema.pick({
  id: true,
  label: true,
  tool: true,
  what: true,
  ground: true,
  assumptions: true,
  segmentLabel: true,
  values: true,
});
export type KeptEvidence = z.infer<typeof keptEvidenceSchema>;

/** An earlier run's evidence in this one, with the result of the agent that found it where all of it still holds. */
export const reusedSchema = z.object({
  runId: z.string(),
  agent: agentNameSchema.nullable(),
  evidence: z.array(evidenceLabelSchema),
});
export type Reused = z.infer<typeof reusedSchema>;

/** A run between two steps: plain JSON, stored after each step and handed back on resume. */
export const runStateSchema = z.object({
  version: z.literal(STATE_VERSION),
  workspaceId: z.string(),
  threadId: z.string(),
  runId: z.string(),
  message: z.object({ id: z.string(), text: z.string() }),
  /** Whether this is the thread's first run, whose answer also gives the thread its title. */
  firstRun: z.boolean(),
  /** Unix ms. */
  startedAt: z.number(),
  /** Id of the assistant message the run ends with, so that writing it twice is writing it once. */
  answerId: z.uuid(),
  nextEvidence: z.number().int().positive(),
  evidence: z.array(keptEvidenceSchema),
  /** Each agent's typed result, as its output schema has it. */
  results: z.partialRecord(agentNameSchema, z.unknown()),
  steps: z.array(
    z.object({
      id: z.uuid(),
      agent: agentNameSchema,
      outcome: stepOutcomeSchema,
      writer: writerSchema,
      reason: z.string().nullable(),
      elapsedMs: z.number(),
    }),
  ),
  skipped: z.array(z.object({ agent: agentNameSchema, reason: z.string() })),
  /** What a follow-up took over from earlier answers of the thread; null until that is decided. */
  reused: z.array(reusedSchema).nullable().default(null),
  /** The ceiling that the run has reached: no model is asked any more. */
  ceiling: z.enum(["steps", "tokens", "dollars", "seconds"]).nullable().default(null),
  /** Tools that failed without failing their step: the report names them. */
  failures: z.array(z.object({ tool: z.string(), title: z.string(), error: z.string() })),
  figures: z.object({
    checked: z.number().int(),
    repaired: z.number().int(),
    replaced: z.number().int(),
  }),
  /** What people were asked to approve, and what they decided; the last one may be open. */
  approvals: z
    .array(
      z.object({
        agent: agentNameSchema,
        request: approvalRequestSchema,
        decision: approvalChoiceSchema.nullable(),
        values: approvalValuesSchema,
        by: personSchema.nullable(),
      }),
    )
    .default([]),
  usage: z.object({
    modelCalls: z.number().int(),
    inputTokens: z.number(),
    cachedInputTokens: z.number(),
    outputTokens: z.number(),
  }),
});
export type RunState = z.infer<typeof runStateSchema>;

export function freshState(request: CrewRequest, now: number): RunState {
  return {
    version: STATE_VERSION,
    workspaceId: request.workspaceId,
    threadId: request.threadId,
    runId: request.runId,
    message: { id: request.message.id, text: request.message.text },
    firstRun: request.firstRun ?? request.nextEvidence === 1,
    startedAt: now,
    answerId: crypto.randomUUID(),
    nextEvidence: request.nextEvidence,
    evidence: [],
    results: {},
    steps: [],
    skipped: [],
    reused: null,
    ceiling: null,
    failures: [],
    approvals: [],
    figures: { checked: 0, repaired: 0, replaced: 0 },
    usage: { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
  };
}

/** The state a resumed run goes on from. Labels used by the interrupted step stay used. */
export function restoreState(saved: unknown, request: CrewRequest): RunState {
  const parsed = runStateSchema.safeParse(saved);
  if (!parsed.success) throw new UnreadableState(z.prettifyError(parsed.error));
  if (parsed.data.runId !== request.runId) throw new UnreadableState("it is another run's");
  const state = decide(parsed.data, request.approval ?? null);
  return { ...state, nextEvidence: Math.max(state.nextEvidence, request.nextEvidence) };
}

/** The approval that the run waits for; null when it waits for none. */
export function openApproval({ approvals }: RunState): ApprovalRequest | null {
  const last = approvals.at(-1);
  return last && last.decision === null ? last.request : null;
}

function decide(state: RunState, given: ApprovalDecision | null): RunState {
  if (given === null || openApproval(state)?.id !== given.approvalId) return state;
  const { decision, values, by } = given;
  const approvals = state.approvals.map((one) =>
    one.request.id === given.approvalId ? { ...one, decision, values, by } : one,
  );
  return { ...state, approvals };
}

/** The result an agent left in the state, or null when it has not run. */
export function resultOf<Output>(
  state: RunState,
  agent: { name: AgentName; output: z.ZodType<Output> },
): Output | null {
  const stored = state.results[agent.name];
  return stored === undefined ? null : agent.output.parse(stored);
}

const aboutDataSchema = z.looseObject({
  datasets: z.array(z.looseObject({ id: z.string(), version: z.number() })),
});

/** Which datasets the run is about, in which versions; empty before that is known. */
export function dataOf({ results }: RunState): string {
  const about = aboutDataSchema.safeParse(results.triage);
  const named = about.success
    ? about.data.datasets.map(({ id, version }) => `${id}@${version}`)
    : [];
  return named.sort().join(" ");
}

export function keep(evidence: Evidence): KeptEvidence {
  const { id, label, tool, what, ground, assumptions, segmentLabel, values } = evidence;
  return { id, label, tool, what, ground, assumptions, segmentLabel, values };
}
