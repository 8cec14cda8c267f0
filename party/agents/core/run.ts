import type {
  AgentName,
  Choice,
  Evidence,
  Message,
  Report,
  RichText,
  ThreadEvent,
} from "../../protocol";
import type { AnyAgent } from "./agent";
import { defaultCeilings, reachedCeiling } from "./ceilings";
import type { CrewOutput, RunCrew, Turn } from "./crew";
import { reasonOf, retryHelps } from "./errors";
import { runStep, StepStopped } from "./loop";
import { rememberAnswers } from "./remember";
import type { CrewServices, StepServices } from "./services";
import { freshState, keep, openApproval, type RunState, restoreState } from "./state";

/** How a run ends well: the answer, the report if one was written, and a title for a new thread. */
export interface Ending {
  answer: RichText;
  writer: Message["writer"];
  report: Report | null;
  title: string | null;
  /** Where the answer asks back: what can be answered with a press. */
  choices: readonly Choice[];
}

/** What the loop over steps needs to know of the crew; `party/agents/index.ts` wires it. */
export interface Crew {
  agents: ReadonlyMap<AgentName, AnyAgent>;
  choose(state: RunState): {
    next: { agent: AgentName; reason: string } | null;
    skipped: ReadonlyArray<{ agent: AgentName; reason: string }>;
  };
  /** What a follow-up takes over from earlier answers, instead of finding it out again. */
  takeOver(state: RunState, history: readonly Turn[]): TakenOver[];
  end(state: RunState): Ending;
}

/** An earlier run's evidence to go on with; with `result`, the agent does not run again. */
export interface TakenOver {
  runId: string;
  evidence: readonly Evidence[];
  result: { agent: AgentName; output: unknown } | null;
}

/** Runs steps until the supervisor has no next one, and ends the run in any case. */
export function runCrew(crew: Crew, services: CrewServices): RunCrew {
  return async function* run(request, signal) {
    const { runId } = request;
    let asked: Promise<readonly Turn[]> | null = null;
    const step: StepServices = {
      ...services,
      analytics: rememberAnswers(services.analytics),
      ceilings: services.ceilings ?? defaultCeilings,
      answers: request.answers ?? "use",
      changes: services.changes ?? null,
      history: () => (asked ??= request.history?.() ?? Promise.resolve([])),
    };
    let said: RichText = [];
    let answerId: string = crypto.randomUUID();
    try {
      let state: RunState;
      if (request.checkpoint === null || request.checkpoint === undefined) {
        state = freshState(request, services.clock.now());
        yield event({
          type: "run-started",
          runId,
          messageId: request.message.id,
          model: services.model?.name ?? null,
        });
        yield { kind: "checkpoint", state };
      } else state = restoreState(request.checkpoint, request);
      answerId = state.answerId;
      while (true) {
        signal.throwIfAborted();
        const approval = openApproval(state);
        if (approval) {
          yield { kind: "approval", approval, state };
          return;
        }
        if (state.reused === null && state.results.triage !== undefined) {
          const taken = crew.takeOver(state, await step.history());
          state = withTakenOver(state, taken);
          for (const skip of skipsOf(taken)) yield event({ type: "step-skipped", runId, ...skip });
        }
        const ceiling = reachedCeiling(
          state,
          step.ceilings,
          (usage) => services.model?.costUsd(usage) ?? null,
        );
        if (state.ceiling === null && ceiling !== null) state = { ...state, ceiling };
        const choice = crew.choose(state);
        for (const { agent, reason } of choice.skipped) {
          yield event({ type: "step-skipped", runId, agent, reason });
          state = { ...state, skipped: [...state.skipped, { agent, reason }] };
        }
        if (!choice.next) break;
        const agent = crew.agents.get(choice.next.agent);
        if (!agent) throw new Error(`there is no agent ${choice.next.agent}`);
        state = yield* runStep({ agent, reason: choice.next.reason }, state, step, signal);
      }
      const ending = crew.end(state);
      said = ending.answer;
      if (ending.report) yield event({ type: "report-written", report: ending.report });
      yield event(answer(state, ending, services.clock.now()));
      if (ending.title !== null) {
        yield event({ type: "thread-titled", title: ending.title, source: "rule" });
      }
      yield event({ type: "run-finished", runId, state: "completed", reason: null });
    } catch (error) {
      const at = new Date(services.clock.now()).toISOString();
      const stopped = signal.aborted;
      if (error instanceof StepStopped) said = error.said;
      const text: RichText = stopped ? said : [failureText(error)];
      if (text.length > 0) {
        yield event({
          type: "message-added",
          message: {
            id: answerId,
            role: "assistant",
            author: null,
            runId,
            text,
            writer: stopped && services.model ? "model" : "rules",
            ending: stopped ? "stopped" : "failed",
            at,
          },
        });
      }
      yield event({
        type: "run-finished",
        runId,
        state: stopped ? "cancelled" : "failed",
        reason: stopped ? "The run was stopped." : failureText(error),
      });
    }
  };
}

function withTakenOver(state: RunState, taken: readonly TakenOver[]): RunState {
  const known = new Set(state.evidence.map(({ label }) => label));
  const evidence = taken.flatMap((one) => one.evidence).filter(({ label }) => !known.has(label));
  const results = taken.flatMap(({ result }) => (result ? [[result.agent, result.output]] : []));
  return {
    ...state,
    evidence: [...state.evidence, ...evidence.map(keep)],
    results: { ...state.results, ...Object.fromEntries(results) },
    reused: taken.map((one) => ({
      runId: one.runId,
      agent: one.result?.agent ?? null,
      evidence: one.evidence.map(({ label }) => label),
    })),
  };
}

function skipsOf(taken: readonly TakenOver[]): Array<{ agent: AgentName; reason: string }> {
  return taken.flatMap(({ result, evidence }) =>
    result
      ? [
          {
            agent: result.agent,
            reason: `An earlier answer found this out already: ${spanOf(evidence)}.`,
          },
        ]
      : [],
  );
}

/** "E3 to E12", or "E3, E5". */
function spanOf(evidence: readonly Evidence[]): string {
  const numbers = evidence.map(({ label }) => Number(label.slice(1))).sort((a, b) => a - b);
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? first;
  const isWhole = numbers.length > 2 && last - first === numbers.length - 1;
  return isWhole ? `E${first} to E${last}` : numbers.map((number) => `E${number}`).join(", ");
}

/** For people: what went wrong and what to do. Never a stack, never a query. */
function failureText(error: unknown): string {
  const what = reasonOf(error).replace(/[.\s]*$/, ".");
  return retryHelps(error) || retryHelps(error instanceof Error ? error.cause : null)
    ? `${what} Nothing was made up in its place. Send the question again; if it keeps failing, look at the data page.`
    : `${what} Nothing was made up in its place. Ask for a shorter time range or another dataset, or report this message.`;
}

function answer(state: RunState, ending: Ending, now: number): ThreadEvent {
  return {
    type: "message-added",
    message: {
      id: state.answerId,
      role: "assistant",
      author: null,
      runId: state.runId,
      text: ending.answer,
      writer: ending.writer,
      ...(ending.choices.length > 0 ? { choices: [...ending.choices] } : {}),
      ending: "complete",
      at: new Date(now).toISOString(),
    },
  };
}

function event(thread: ThreadEvent): CrewOutput {
  return { kind: "event", event: thread };
}
