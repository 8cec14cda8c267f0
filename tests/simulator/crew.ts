import type { CrewOutput, CrewRequest, RunCrew, Turn } from "../../party/agents/core/crew";
import type { Clock } from "../../party/ports/clock";
import type { ApprovalRequest, ThreadEvent } from "../../party/protocol";
import { evidence, modelCalled } from "../room/scripted-crew";
import { Random } from "./random";

/** What the crew will do about a message: known before, so that the end can be checked to the letter. */
export interface Plan {
  /** Tokens of each step. */
  steps: readonly (readonly string[])[];
  /** Throws in the middle of its last step. */
  breaks: boolean;
  /** Before which step it asks for an approval; null for never. */
  asksBefore: number | null;
  /** Goes on for a while after it was told to stop. */
  deaf: boolean;
}

export function planOf(messageText: string): Plan {
  const random = new Random(seedOf(messageText));
  return {
    steps: Array.from({ length: random.int(1, 3) }, (_, step) =>
      Array.from({ length: random.int(1, 8) }, (_, token) => `${messageText}/${step}.${token} `),
    ),
    breaks: random.chance(0.06),
    deaf: random.chance(0.1),
    asksBefore: random.chance(0.3) ? 1 : null,
  };
}

/** The whole answer to a message. */
export function answerTo(messageText: string): string {
  return planOf(messageText).steps.flat().join("");
}

interface Checkpoint {
  step: number;
  answerId: string;
  approvalId: string;
}

function approvalOf(id: string): ApprovalRequest {
  return { id, title: "Go on?", reason: "It was planned.", fields: [], roles: ["member"] };
}

/** The title that the crew would give a thread after a message. */
export function titleAfter(messageText: string): string {
  return `About ${messageText}`;
}

/**
 * A crew that does what the plan says, at a pace that chance sets. `onHistory` hears what it was told of the
 * turns before a message.
 */
export function plannedCrew(
  clock: Clock,
  random: Random,
  onHistory: (messageId: string, turns: readonly Turn[]) => void,
): RunCrew {
  return async function* run(request, signal) {
    const plan = planOf(request.message.text);
    const state = { ...checkpointOf(request, random) };
    let label = request.nextEvidence;
    const { runId } = request;
    const pause = (slowestMs: number) =>
      clock.sleep(random.next() * slowestMs, plan.deaf ? undefined : signal);
    let said = "";
    try {
      if (request.checkpoint === null) {
        yield say({ type: "run-started", runId, messageId: request.message.id, model: null });
        yield { kind: "checkpoint", state: { ...state } };
      }
      // A disk that does not answer is no reason to give up.
      const turns = await request.history?.().catch(() => null);
      if (turns) onHistory(request.message.id, turns);
      for (; state.step < plan.steps.length; ) {
        if (state.step === plan.asksBefore && !request.approval) {
          yield { kind: "approval", approval: approvalOf(state.approvalId), state: { ...state } };
          return;
        }
        const stepId = random.uuid();
        const step = { runId, stepId, agent: "data" as const };
        yield say({ ...step, type: "step-started", reason: `step ${state.step}`, writer: "rules" });
        await pause(40);
        yield say(evidence(runId, stepId, label++, random.uuid()));
        for (const token of plan.steps[state.step] ?? []) {
          await pause(random.chance(0.1) ? 400 : 12);
          said += token;
          yield say({ type: "text-delta", runId, stepId, text: [token] });
        }
        if (random.chance(0.5)) yield say(modelCalled(runId, stepId, random.uuid()));
        if (plan.breaks && state.step === plan.steps.length - 1) throw new Error("the crew broke");
        yield say({
          ...step,
          type: "step-finished",
          outcome: "completed",
          summary: [`step ${state.step}`],
          reason: null,
          elapsedMs: 1,
        });
        state.step += 1;
        yield { kind: "checkpoint", state: { ...state } };
      }
      yield say(message(request, state.answerId, answerTo(request.message.text), "complete"));
      yield say({ type: "thread-titled", title: titleAfter(request.message.text), source: "rule" });
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    } catch (error) {
      if (!signal.aborted) throw error;
      if (said) yield say(message(request, state.answerId, said, "stopped"));
      yield say({ type: "run-finished", runId, state: "cancelled", reason: "Stopped." });
    }
  };
}

function checkpointOf({ checkpoint }: CrewRequest, random: Random): Checkpoint {
  if (checkpoint === null) {
    return { step: 0, answerId: random.uuid(), approvalId: random.uuid() };
  }
  if (typeof checkpoint !== "object" || checkpoint === undefined) throw new Error("no checkpoint");
  const { step, answerId, approvalId } = checkpoint as Checkpoint;
  return { step, answerId, approvalId };
}

function message(
  request: CrewRequest,
  id: string,
  text: string,
  ending: "complete" | "stopped",
): ThreadEvent {
  return {
    type: "message-added",
    message: {
      id,
      role: "assistant",
      author: null,
      runId: request.runId,
      text: [text],
      writer: "rules",
      ending,
      at: "2026-01-05T10:00:00.000Z",
    },
  };
}

function say(event: ThreadEvent): CrewOutput {
  return { kind: "event", event };
}

function seedOf(text: string): number {
  let seed = 7;
  for (const character of text) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
  return seed;
}
