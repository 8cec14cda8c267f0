import { ModelFailure } from "../../ports/language-model";
import type { RichText, StepOutcome, ThreadEvent } from "../../protocol";
import type { AnyAgent } from "./agent";
import { ceilingName, remainingMs } from "./ceilings";
import { Channel } from "./channel";
import type { CrewOutput } from "./crew";
import { NotDone, reasonOf, StepFailed, StepTimedOut } from "./errors";
import type { StepServices } from "./services";
import type { RunState } from "./state";
import { StepContext } from "./step-context";

/** What the rules get on top of the model's time; a query is cut off by its own limit long before. */
const RULES_SECONDS = 60;

export interface StepOrder {
  agent: AnyAgent;
  /** Why the supervisor chose it now. */
  reason: string;
}

interface StepEnd {
  output: unknown;
  outcome: Extract<StepOutcome, "completed" | "fell-back">;
  reason: string | null;
}

/** The run was stopped in the middle of a step; `said` is what the reader has seen of the answer. */
export class StepStopped extends Error {
  override readonly name = "StepStopped";
  readonly retry = false;
  constructor(readonly said: RichText) {
    super("the run was stopped");
  }
}

/**
 * The only way to run an agent: entry condition, model or rules, shape of the output, exit condition,
 * merge, checkpoint. Returns the state after the step, also when the run's time ended in it. Throws `StepFailed` or `StepStopped`, after
 * the thread was told.
 */
export async function* runStep(
  order: StepOrder,
  state: RunState,
  given: StepServices,
  signal: AbortSignal,
): AsyncGenerator<CrewOutput, RunState> {
  const { agent } = order;
  // Beyond a ceiling nothing is asked of a model, and what is left needs no time worth limiting.
  const services = state.ceiling === null ? given : { ...given, model: null };
  const { runId } = state;
  const entry = agent.canEnter(state);
  if (!entry.holds) {
    yield event({ type: "step-skipped", runId, agent: agent.name, reason: entry.reason });
    return { ...state, skipped: [...state.skipped, { agent: agent.name, reason: entry.reason }] };
  }
  const stepId = crypto.randomUUID();
  const started = services.clock.now();
  const writer = services.model ? ("model" as const) : ("rules" as const);
  yield event({
    type: "step-started",
    runId,
    stepId,
    agent: agent.name,
    reason: order.reason,
    writer,
  });

  const channel = new Channel<ThreadEvent>();
  const modelDeadline = AbortSignal.timeout(agent.budget.seconds * 1_000);
  const seconds = agent.budget.seconds + RULES_SECONDS;
  const deadline = AbortSignal.timeout(seconds * 1_000);
  const ceiling =
    state.ceiling === null
      ? [AbortSignal.timeout(Math.max(1, remainingMs(state, services.ceilings)))]
      : [];
  const context = new StepContext({
    stepId,
    agent: agent.name,
    budget: agent.budget,
    answersKeptSeconds: agent.answersKeptSeconds,
    state,
    services,
    signal: AbortSignal.any([signal, deadline, ...ceiling]),
    modelSignal: AbortSignal.any([signal, modelDeadline, ...ceiling]),
    emit: (thread) => channel.push(thread),
  });
  const work = workThenCheck(agent, state, context).finally(() => channel.close());
  // Whoever stops reading early must not leave a rejection unhandled.
  work.catch(() => undefined);
  for await (const thread of channel.read()) yield event(thread);

  const finished = (
    outcome: StepOutcome,
    summary: RichText,
    reason: string | null,
    result?: unknown,
  ) =>
    event({
      type: "step-finished",
      runId,
      stepId,
      agent: agent.name,
      outcome,
      summary,
      reason,
      elapsedMs: services.clock.now() - started,
      ...(result === undefined ? {} : { result }),
    });
  try {
    const end = await work;
    const left = agent.leavesResult ? end.output : undefined;
    yield finished(end.outcome, agent.summarise(end.output, context), end.reason, left);
    const next: RunState = {
      ...state,
      nextEvidence: context.nextEvidenceNumber,
      evidence: [...context.evidence],
      results: { ...state.results, [agent.name]: end.output },
      steps: [
        ...state.steps,
        {
          id: stepId,
          agent: agent.name,
          outcome: end.outcome,
          writer: end.outcome === "fell-back" ? "rules" : writer,
          reason: end.reason,
          elapsedMs: services.clock.now() - started,
        },
      ],
      failures: [...state.failures, ...context.gained.failures],
      figures: context.gained.figures,
      usage: context.gained.usage,
    };
    const asked = withApproval(next, agent, end.output);
    yield { kind: "checkpoint", state: asked };
    return asked;
  } catch (error) {
    if (signal.aborted) {
      yield finished("stopped", [], "The run was stopped.");
      throw new StepStopped(context.said);
    }
    if (ceiling.some(({ aborted }) => aborted)) {
      const reason = `The run reached ${ceilingName("seconds")}.`;
      yield finished("stopped", [], reason);
      return {
        ...state,
        ceiling: "seconds",
        nextEvidence: context.nextEvidenceNumber,
        evidence: [...context.evidence],
        skipped: [...state.skipped, { agent: agent.name, reason }],
        usage: context.gained.usage,
      };
    }
    const cause = deadline.aborted ? new StepTimedOut(agent.name, seconds) : error;
    yield finished("failed", [], reasonOf(cause));
    throw new StepFailed(agent.name, cause);
  }
}

function withApproval(state: RunState, agent: AnyAgent, output: unknown): RunState {
  const need = agent.needsApproval?.(output, state) ?? null;
  if (need === null) return state;
  const request = { id: crypto.randomUUID(), ...need };
  const approval = { agent: agent.name, request, decision: null, values: {}, by: null };
  return { ...state, approvals: [...state.approvals, approval] };
}

async function workThenCheck(
  agent: AnyAgent,
  state: RunState,
  context: StepContext,
): Promise<StepEnd> {
  const input = agent.input.parse(agent.select(state));
  if (context.model) {
    try {
      const output = checked(agent, await agent.work(input, context), state);
      return { output, outcome: "completed", reason: null };
    } catch (error) {
      if (context.signal.aborted) throw error;
      // Only what a model can cause is mended by rules; a failing query fails for the rules as well.
      if (!(error instanceof ModelFailure) && !(error instanceof NotDone)) throw error;
      const output = await byRules(agent, input, state, context);
      return { output, outcome: "fell-back", reason: `${reasonOf(error)}; the rules did the work` };
    }
  }
  return {
    output: await byRules(agent, input, state, context),
    outcome: "completed",
    reason: null,
  };
}

/** Where the rules have no result because their queries failed, the failed query is the reason to tell. */
async function byRules(
  agent: AnyAgent,
  input: unknown,
  state: RunState,
  context: StepContext,
): Promise<unknown> {
  try {
    return checked(agent, await agent.fallback(input, context), state);
  } catch (error) {
    throw error instanceof NotDone && context.toolFailure ? context.toolFailure : error;
  }
}

function checked(agent: AnyAgent, output: unknown, state: RunState): unknown {
  const parsed = agent.output.safeParse(output);
  if (!parsed.success) throw new NotDone(agent.name, parsed.error.issues[0]?.message ?? "shape");
  const done = agent.isDone(parsed.data, state);
  if (!done.holds) throw new NotDone(agent.name, done.reason);
  return parsed.data;
}

function event(thread: ThreadEvent): CrewOutput {
  return { kind: "event", event: thread };
}
