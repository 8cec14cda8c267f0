import type { CrewOutput, CrewRequest, RunCrew } from "../../party/agents/core/crew";
import type { ThreadEvent, ThreadEventOf } from "../../party/protocol";

export const say = (event: ThreadEvent): CrewOutput => ({ kind: "event", event });

export interface ScriptedRun {
  request: CrewRequest;
  signal: AbortSignal;
  /** Outputs that were asked for, in order. */
  yielded: CrewOutput[];
}

/** A crew that yields what `script` says for each request, and remembers every run. */
export function scriptedCrew(
  script: (run: ScriptedRun) => AsyncGenerator<CrewOutput> | Iterable<CrewOutput>,
): { runCrew: RunCrew; runs: ScriptedRun[] } {
  const runs: ScriptedRun[] = [];
  async function* runCrew(request: CrewRequest, signal: AbortSignal): AsyncGenerator<CrewOutput> {
    const run: ScriptedRun = { request, signal, yielded: [] };
    runs.push(run);
    for await (const output of script(run)) {
      run.yielded.push(output);
      yield output;
    }
  }
  return { runCrew, runs };
}

const stepIds = Array.from(
  { length: 8 },
  (_, index) => `00000000-0000-4000-8000-00000000000${index}`,
);
const answerId = "00000000-0000-4000-8000-0000000000aa";

/** `steps` steps, each with one evidence and a checkpoint (the number of finished steps), then an answer. */
export function* stepsFrom(request: CrewRequest, steps = 2): Iterable<CrewOutput> {
  const { runId, message, checkpoint } = request;
  const done = typeof checkpoint === "number" ? checkpoint : 0;
  let label = request.nextEvidence;
  if (checkpoint === null) {
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    yield { kind: "checkpoint", state: 0 };
  }
  for (let step = done; step < steps; step++) {
    const stepId = stepIds[step] ?? crypto.randomUUID();
    const agent = "data" as const;
    yield say({
      type: "step-started",
      runId,
      stepId,
      agent,
      reason: `step ${step}`,
      writer: "rules",
    });
    yield say(evidence(runId, stepId, label++));
    yield say({ type: "text-delta", runId, stepId, text: [`step ${step} found `] });
    yield say({ type: "text-delta", runId, stepId, text: ["something"] });
    yield say({
      type: "step-finished",
      runId,
      stepId,
      agent,
      outcome: "completed",
      summary: [`step ${step}`],
      reason: null,
      elapsedMs: 1,
    });
    yield { kind: "checkpoint", state: step + 1 };
  }
  yield say({
    type: "message-added",
    message: {
      id: answerId,
      role: "assistant",
      author: null,
      runId,
      text: ["done"],
      writer: "rules",
      ending: "complete",
      at: "2026-01-05T10:00:00.000Z",
    },
  });
  yield say({ type: "run-finished", runId, state: "completed", reason: null });
}

export function evidence(
  runId: string,
  stepId: string,
  label: number,
  id: string = crypto.randomUUID(),
): ThreadEvent {
  return {
    type: "evidence-recorded",
    evidence: {
      id,
      label: `E${label}`,
      runId,
      stepId,
      at: "2026-01-05T10:00:00.000Z",
      tool: "totals",
      what: "Everything",
      ground: "measured",
      formula: null,
      sql: null,
      parameters: {},
      rowsRead: 1,
      elapsedMs: 1,
      catalogueVersion: "1",
      datasets: [],
      assumptions: [],
      segmentLabel: null,
      values: [],
    },
  };
}

/** A call of a language model, with what it cost at the list prices of gpt-4o. */
export function modelCalled(
  runId: string,
  stepId: string,
  id: string = crypto.randomUUID(),
): ThreadEventOf<"model-called"> {
  return {
    type: "model-called",
    call: {
      ...{ id, runId, stepId, agent: "data", promptVersion: 1 },
      ...{ provider: "openai", model: "gpt-4o", requestHash: "c0ffee" },
      startedAt: "2026-01-05T10:00:00.000Z",
      ...{ latencyMs: 900, firstTokenMs: 300, outcome: "ok", cache: "miss" },
      usage: { inputTokens: 900, cachedInputTokens: 512, outputTokens: 60 },
      ...{ costUsd: "0.00221", savedUsd: null },
    },
  };
}
