import type { CrewOutput, RunCrew } from "../../../party/agents/core/crew";
import type { ThreadEvent } from "../../../party/protocol";
import { evidence } from "../../room/scripted-crew";
import { modelTokens } from "./model-stream";
import { workloadOf } from "./workload";

const say = (event: ThreadEvent): CrewOutput => ({ kind: "event", event });

/** A crew that does what the message says and nothing else: all that remains is the room's own work. */
export function benchCrew(modelUrl: string): RunCrew {
  return async function* ({ runId, message, nextEvidence }, signal) {
    const workload = workloadOf(message.text);
    yield say({ type: "run-started", runId, messageId: message.id, model: "bench" });
    yield { kind: "checkpoint", state: {} };
    if (workload?.kind === "stream")
      yield* stream(runId, modelTokens(modelUrl, message.text, signal));
    if (workload?.kind === "record") yield* record(runId, workload.steps, nextEvidence);
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
  };
}

async function* stream(runId: string, tokens: AsyncIterable<string>): AsyncGenerator<CrewOutput> {
  const stepId = crypto.randomUUID();
  yield stepStarted(runId, stepId);
  let text = "";
  for await (const token of tokens) {
    text += token;
    yield say({ type: "text-delta", runId, stepId, text: [token] });
  }
  yield stepFinished(runId, stepId);
  yield { kind: "checkpoint", state: { stepId } };
  yield say({
    type: "message-added",
    message: {
      id: crypto.randomUUID(),
      role: "assistant",
      author: null,
      runId,
      text: [text],
      writer: "model",
      ending: "complete",
      at: new Date().toISOString(),
    },
  });
}

function* record(runId: string, steps: number, firstEvidence: number): Iterable<CrewOutput> {
  for (let step = 0; step < steps; step++) {
    const stepId = crypto.randomUUID();
    const tool = { runId, stepId, toolCallId: `call ${step}`, tool: "totals", title: "Everything" };
    yield stepStarted(runId, stepId);
    yield say({ type: "tool-started", ...tool });
    yield say(evidence(runId, stepId, firstEvidence + step));
    yield say({
      type: "tool-finished",
      ...tool,
      evidence: `E${firstEvidence + step}`,
      summary: ["One value"],
      elapsedMs: 1,
    });
    yield stepFinished(runId, stepId);
    yield { kind: "checkpoint", state: { step } };
  }
}

function stepStarted(runId: string, stepId: string): CrewOutput {
  const reason = "The bench asked";
  return say({ type: "step-started", runId, stepId, agent: "data", reason, writer: "model" });
}

function stepFinished(runId: string, stepId: string): CrewOutput {
  return say({
    type: "step-finished",
    runId,
    stepId,
    agent: "data",
    outcome: "completed",
    summary: ["Done"],
    reason: null,
    elapsedMs: 1,
  });
}
