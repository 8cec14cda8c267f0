import { startRedisEndpoint } from "../../db/embedded/redis-endpoint";
import { createRedis } from "../../db/redis";
import { createAnalytics } from "../../party/adapters/analytics";
import { createOpenAiModel } from "../../party/adapters/language-model";
import { createAnswerStore } from "../../party/adapters/model/answer-store";
import { SingleFlight } from "../../party/adapters/model/single-flight";
import { createCrew } from "../../party/agents";
import type { Analytics } from "../../party/ports/analytics";
import { systemClock } from "../../party/ports/clock";
import type { LanguageModelPort, TextRequest } from "../../party/ports/language-model";
import { startTestClickHouse } from "../clickhouse/support/engine";
import { type ModelServer, startModelServer } from "../support/model-server";
import { generateCalls } from "./calls-in-store";
import { describeMeasured, percentile } from "./report";

const CALLS = 50_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const AT_ONCE = 50;

/**
 * What the crew adds: a whole report by rules over 50,000 calls, an answer from the cache, and how many
 * requests fifty equal ones at once make. `--runs N`: reports (9); the cache is asked fifty times as often.
 */
export async function run(args: readonly string[]): Promise<void> {
  const runs = args.includes("--runs") ? Number(args[args.indexOf("--runs") + 1]) : 9;
  await reports(runs);
  await cachedAnswers(runs * 50);
}

async function reports(runs: number): Promise<void> {
  const engine = await startTestClickHouse();
  try {
    const { workspaceId, datasets } = await generateCalls(engine.clickhouse, CALLS, 8);
    const dataset = {
      ...{ id: datasets[0]?.id ?? "", name: "generated", source: "import" as const, version: 1 },
      ...{ calls: CALLS, firstCallAt: START, lastCallAt: START + 30 * DAY },
    };
    const source: Analytics = createAnalytics(engine.clickhouse);
    const crew = createCrew({
      analytics: source,
      datasets: { list: async () => [dataset] },
      clock: systemClock,
      model: null,
    });
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const started = performance.now();
      const request = {
        workspaceId,
        threadId: crypto.randomUUID(),
        runId: crypto.randomUUID(),
        message: { id: crypto.randomUUID(), text: "Where does our money go, what can we save?" },
        ...{ nextEvidence: 1, checkpoint: null },
      };
      let hasReport = false;
      for await (const output of crew(request, new AbortController().signal)) {
        hasReport ||= output.kind === "event" && output.event.type === "report-written";
      }
      if (!hasReport) throw new Error("the crew wrote no report");
      times.push(performance.now() - started);
    }
    const detail = `p95 ${Math.round(percentile(times, 0.95))} ms, first ${Math.round(times[0] ?? 0)} ms, ${runs} runs`;
    const what = "Report by rules on 50,000 calls, p50";
    const value = percentile(times, 0.5);
    console.log(describeMeasured({ what, value, unit: " ms", goal: 2_000, detail }));
  } finally {
    await engine.stop();
  }
}

async function cachedAnswers(times: number): Promise<void> {
  const server = await startModelServer();
  const redis = await startRedisEndpoint({ token: "bench", log: () => {} });
  const processes = Array.from({ length: 5 }, () => modelOver(server, redis.url));
  const [first] = processes as [LanguageModelPort];
  try {
    const text = "The spend is in the table. ".repeat(40);
    // A busy machine misses the cache now and then, and the figure says so.
    server.script({ reply: { kind: "text", text }, times: times + 1 });
    await firstTokenMs(first, "one");
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) took.push(await firstTokenMs(first, "one"));
    const asked = server.calls.length - 1;
    const detail = `p99 ${percentile(took, 0.99).toFixed(1)} ms, ${asked} requests at the model, ${times} answers`;
    const value = percentile(took, 0.5);
    const what = "Cached answer to its first token, p50";
    console.log(describeMeasured({ what, value, unit: " ms", goal: 10, detail }));

    server.reset();
    server.script({
      reply: { kind: "text", text: "One for all of them.", pieces: 10, everyMs: () => 50 },
      times: AT_ONCE,
    });
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        firstTokenMs(processes[index % processes.length] ?? first, "many"),
      ),
    );
    console.log(
      describeMeasured({
        what: `${AT_ONCE} equal requests at once, requests at the model`,
        value: server.calls.length,
        unit: "",
        goal: 1,
        detail: `${processes.length} clients, answer of 500 ms`,
      }),
    );
  } finally {
    await server.stop();
    await redis.stop();
  }
}

function modelOver(server: ModelServer, url: string): LanguageModelPort {
  const redis = createRedis({
    NETRA_ENV: "bench",
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: "bench",
  });
  return createOpenAiModel({
    apiKey: "bench",
    baseUrl: server.url,
    model: "gpt-4o",
    flight: new SingleFlight({
      store: createAnswerStore(redis),
      clock: systemClock,
      onMiss: () => undefined,
    }),
  });
}

async function firstTokenMs(model: LanguageModelPort, prompt: string): Promise<number> {
  const request: TextRequest = {
    agent: "reporting",
    promptVersion: 1,
    reuse: { workspaceId: "bench", data: "", seconds: 600, mode: "use" },
    system: "",
    prompt,
    tools: [],
    maxSteps: 1,
    maxOutputTokens: 1_000,
  };
  const started = performance.now();
  let took = Number.NaN;
  for await (const part of model.stream(request, new AbortController().signal)) {
    if (part.type === "text" && Number.isNaN(took)) took = performance.now() - started;
  }
  return took;
}
