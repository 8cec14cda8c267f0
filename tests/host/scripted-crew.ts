import type { CrewOutput, CrewRequest, RunCrew } from "../../party/agents/core/crew";
import { systemClock } from "../../party/ports/clock";
import type { ThreadEvent } from "../../party/protocol";
import { evidence } from "../room/scripted-crew";
import type { FailPoint } from "./fail-point";

export const STEPS = 6;

/** What the crew says in a step. */
export const wordsOf = (step: number): string[] => [
  `${step}.one `,
  `${step}.two `,
  `${step}.three `,
];

const TOKEN_MS = { slow: 160, "very slow": 800 } as const;
/** Characters of the title of a `large` run's tool, so that its log takes more than one write to compact. */
const LARGE = 60_000;

interface Checkpoint {
  step: number;
  answerId: string;
}

/**
 * Six steps of a tool call, three tokens and a checkpoint each, then the answer: all that was said.
 * `slow` as the message makes each token take 160 ms, `very slow` 800 ms; `large` has large events.
 */
export function scriptedCrew(point: FailPoint): RunCrew {
  return async function* run(request, signal) {
    const { threadId, runId, message } = request;
    const tokenMs = message.text in TOKEN_MS ? TOKEN_MS[message.text as keyof typeof TOKEN_MS] : 1;
    const state = checkpointOf(request);
    let label = request.nextEvidence;
    if (request.checkpoint === null) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      yield { kind: "checkpoint", state: { ...state } };
    }
    while (state.step < STEPS) {
      const stepId = crypto.randomUUID();
      const step = { runId, stepId, agent: "data" as const };
      const reason = `step ${state.step}`;
      yield say({ ...step, type: "step-started", reason, writer: "rules" });
      const title = message.text === "large" ? reason.padEnd(LARGE, ".") : reason;
      const call = { runId, stepId, toolCallId: `${stepId}/1`, tool: "totals", title };
      yield say({ type: "tool-started", ...call });
      point.reach("tool", threadId);
      const found = evidence(runId, stepId, label++);
      yield say(found);
      yield say({
        type: "tool-finished",
        ...call,
        evidence: found.type === "evidence-recorded" ? found.evidence.label : null,
        summary: [],
        elapsedMs: 1,
      });
      for (const token of wordsOf(state.step)) {
        await systemClock.sleep(tokenMs, signal);
        yield say({ type: "text-delta", runId, stepId, text: [token] });
        point.reach("token", threadId);
      }
      yield say({
        ...step,
        type: "step-finished",
        outcome: "completed",
        summary: [reason],
        reason: null,
        elapsedMs: 0,
      });
      state.step += 1;
      yield { kind: "checkpoint", state: { ...state } };
    }
    yield say({
      type: "message-added",
      message: {
        id: state.answerId,
        role: "assistant",
        author: null,
        runId,
        text: [Array.from({ length: STEPS }, (_, step) => wordsOf(step).join("")).join("")],
        writer: "rules",
        ending: "complete",
        at: new Date(systemClock.now()).toISOString(),
      },
    });
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
  };
}

function checkpointOf({ checkpoint }: CrewRequest): Checkpoint {
  if (checkpoint === null) return { step: 0, answerId: crypto.randomUUID() };
  return { ...(checkpoint as Checkpoint) };
}

function say(event: ThreadEvent): CrewOutput {
  return { kind: "event", event };
}
