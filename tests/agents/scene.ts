import type { Call } from "../../db/clickhouse/call";
import { type CrewOutput, type CrewRequest, createCrew } from "../../party/agents";
import type { Ceilings } from "../../party/agents/core/ceilings";
import type { CallSource } from "../../party/analysis/source";
import type { Analytics } from "../../party/ports/analytics";
import type { WorkspaceChanges } from "../../party/ports/changes";
import { type Clock, systemClock } from "../../party/ports/clock";
import type { LanguageModelPort } from "../../party/ports/language-model";
import type { DatasetSummary } from "../../party/ports/thread-store";
import type { Evidence, Message, Report, RichText, ThreadEvent } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { aCall } from "../clickhouse/support/calls";

export const workspaceId = "0190a000-0000-7000-8000-00000000000a";
export const datasetId = "0190a000-0000-7000-8000-0000000000d1";
const START = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;

/** Sixteen days of two features: repeats, a failing retry, an unpriced model, labels, latencies. */
export function storyCalls(): Call[] {
  const calls: Call[] = [];
  for (let hour = 0; hour < 16 * 24; hour += 1) {
    const at = START + hour * HOUR;
    calls.push(
      aCall({
        id: `search-${hour}`,
        time: at,
        model: "gpt-4o",
        feature: "search",
        inputTokens: 2_000 + hour,
        outputTokens: 150,
        latencyMs: 900 + (hour % 7) * 10,
        promptHash: `question-${hour % 20}`,
        quality: 0.9 + (hour % 3) * 0.02,
      }),
      aCall({
        id: `search-small-${hour}`,
        time: at + 60_000,
        model: "gpt-4o-mini",
        feature: "search",
        inputTokens: 1_900 + hour,
        outputTokens: 140,
        latencyMs: 500 + (hour % 5) * 10,
        promptHash: `small-${hour}`,
        quality: 0.9 + (hour % 3) * 0.02,
      }),
    );
    if (hour % 3 === 0) {
      calls.push(
        aCall({
          id: `support-${hour}`,
          time: at + 120_000,
          provider: "anthropic",
          model: "claude-sonnet-4-5",
          feature: "support-chat",
          inputTokens: 9_000,
          outputTokens: 700,
          latencyMs: 4_000 + hour,
          prefixBlocks: ["11", "12", "13", String(1_000 + hour)],
          blockTokens: 2_048,
        }),
      );
    }
    if (hour % 24 === 5) {
      calls.push(
        aCall({
          id: `failed-${hour}`,
          time: at + 180_000,
          feature: "search",
          status: "error",
          errorCode: "429",
          retry: 1,
          outputTokens: 0,
          latencyMs: null,
        }),
        aCall({
          id: `house-${hour}`,
          time: at + 240_000,
          model: "fjord-13b",
          provider: "in-house",
        }),
      );
    }
  }
  return calls;
}

/** Calls that say nothing but time and tokens, as a bare trace does. */
export function bareCalls(count: number): Call[] {
  return Array.from({ length: count }, (_, index) =>
    aCall({
      id: `bare-${index}`,
      time: START + index * 1_000,
      inputTokens: 5_000 + index,
      outputTokens: 200,
      latencyMs: null,
      ttftMs: null,
      feature: "",
      user: "",
      session: "",
      prefixBlocks: ["1", "2", String(10 + index)],
      blockTokens: 512,
    }),
  );
}

export function analyticsOf(source: CallSource): Analytics {
  const analytics: Analytics = {
    ...source,
    isAvailable: async () => true,
    forRun: () => analytics,
  };
  return analytics;
}

export interface Scene {
  calls?: readonly Call[];
  datasets?: DatasetSummary[];
  analytics?: Analytics;
  model?: LanguageModelPort | null;
  clock?: Clock;
  ceilings?: Ceilings;
  changes?: WorkspaceChanges;
}

export function datasetOf(calls: readonly Call[], name = "March calls"): DatasetSummary {
  const times = calls.map(({ time }) => time);
  return {
    id: datasetId,
    name,
    source: "import",
    version: 1,
    calls: calls.length,
    firstCallAt: times.length > 0 ? Math.min(...times) : null,
    lastCallAt: times.length > 0 ? Math.max(...times) : null,
  };
}

export interface Told {
  outputs: CrewOutput[];
  events: ThreadEvent[];
  checkpoints: unknown[];
  evidence: Evidence[];
  report: Report | null;
  message: Message | null;
  finished: Extract<ThreadEvent, { type: "run-finished" }> | null;
}

export function crewOf(scene: Scene) {
  const calls = scene.calls ?? storyCalls();
  const analytics =
    scene.analytics ?? analyticsOf(memorySource([{ workspaceId, datasetId, calls }]));
  return createCrew({
    analytics,
    datasets: { list: async () => scene.datasets ?? [datasetOf(calls)] },
    model: scene.model ?? null,
    clock: scene.clock ?? systemClock,
    ...(scene.ceilings ? { ceilings: scene.ceilings } : {}),
    ...(scene.changes ? { changes: scene.changes } : {}),
  });
}

export function requestOf(text: string, fields: Partial<CrewRequest> = {}): CrewRequest {
  return {
    workspaceId,
    threadId: crypto.randomUUID(),
    runId: crypto.randomUUID(),
    message: { id: crypto.randomUUID(), text },
    nextEvidence: 1,
    checkpoint: null,
    ...fields,
  };
}

/** Asks the crew and writes down all that it says; `stopWhen` aborts the run at an output. */
export async function ask(
  text: string,
  scene: Scene = {},
  {
    request = requestOf(text),
    stopWhen = () => false,
  }: { request?: CrewRequest; stopWhen?: (output: CrewOutput) => boolean } = {},
): Promise<Told> {
  const stop = new AbortController();
  const outputs: CrewOutput[] = [];
  for await (const output of crewOf(scene)(request, stop.signal)) {
    outputs.push(output);
    if (stopWhen(output)) stop.abort(new Error("stopped by the test"));
  }
  const events = outputs.flatMap((output) => (output.kind === "event" ? [output.event] : []));
  const checkpoints = outputs.flatMap((output) =>
    output.kind === "checkpoint" ? [output.state] : [],
  );
  return { ...toldOf(events), outputs, checkpoints };
}

/** A run by its events alone, as a thread's room sends them. */
export function toldOf(events: ThreadEvent[]): Told {
  return {
    outputs: [],
    events,
    checkpoints: [],
    evidence: events.flatMap((event) =>
      event.type === "evidence-recorded" ? [event.evidence] : [],
    ),
    report:
      events.flatMap((event) => (event.type === "report-written" ? [event.report] : []))[0] ?? null,
    message:
      events.flatMap((event) =>
        event.type === "message-added" && event.message.role === "assistant" ? [event.message] : [],
      )[0] ?? null,
    finished:
      events.flatMap((event) => (event.type === "run-finished" ? [event] : [])).at(-1) ?? null,
  };
}

/** How an agent's step ended; undefined when it has not run. */
export function outcomeOf(told: Told, agent: string) {
  return told.events.flatMap((event) =>
    event.type === "step-finished" && event.agent === agent ? [event] : [],
  )[0];
}

/** Which agents ran or were skipped, in order, with how it ended. */
export function steps(told: Told): string[] {
  return told.events.flatMap((event) =>
    event.type === "step-finished"
      ? [`${event.agent} ${event.outcome}`]
      : event.type === "step-skipped"
        ? [`${event.agent} skipped`]
        : [],
  );
}

/** Every rich text that a reader gets to see of a run. */
export function* allTexts(told: Told): Generator<RichText> {
  if (told.message) yield told.message.text;
  for (const event of told.events) {
    if (event.type === "step-finished" || event.type === "tool-finished") yield event.summary;
    if (event.type === "text-delta") yield event.text;
  }
  const { report } = told;
  if (!report) return;
  yield* report.summary;
  for (const section of report.sections) {
    for (const block of section.blocks) {
      if (block.kind === "paragraph") yield block.text;
      if (block.kind === "list") yield* block.items;
    }
  }
  for (const action of report.actions) {
    yield* [action.change, action.riskReason, action.latency, action.quality];
    yield [action.verification];
    yield [action.rollback];
    yield [action.saving, action.savingLow, action.savingHigh].filter((one) => one !== null);
  }
}
