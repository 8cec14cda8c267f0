import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { modelUseOf, modelUseWords } from "../../app/chat/model-use";
import { type RedisEndpoint, startRedisEndpoint } from "../../db/embedded/redis-endpoint";
import { createRedis } from "../../db/redis";
import { createOpenAiModel } from "../../party/adapters/language-model";
import { createAnswerStore } from "../../party/adapters/model/answer-store";
import { SingleFlight } from "../../party/adapters/model/single-flight";
import { systemClock } from "../../party/ports/clock";
import { type ModelCall, modelCallSchema } from "../../party/protocol";
import { type ModelServer, startModelServer } from "../support/model-server";
import { from, scriptRun } from "./model-script";
import { ask, requestOf, type Told } from "./scene";

const QUESTION = "Where does our money go, and what can we save?";
/** What the server says of each answer: 388 fresh and 512 cached tokens in, 60 out. */
const USAGE = { inputTokens: 900, cachedInputTokens: 512, outputTokens: 60 };
/** That at the list prices of gpt-4o, USD. */
const COST = "0.00221";
/** A scripted run asks the model seven times. */
const CALLS = 7;

let server: ModelServer;
let redis: RedisEndpoint;
/** Each test has keys of its own. */
let environment = 0;
beforeAll(async () => {
  server = await startModelServer();
  redis = await startRedisEndpoint({ token: "t", log: () => {} });
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});
beforeEach(() => {
  server.reset();
  environment += 1;
});

function model({ name = "gpt-4o", cached = true } = {}) {
  const client = createRedis({
    NETRA_ENV: `t${environment}`,
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: "t",
  });
  // Long, so that a busy machine is no miss here.
  const store = createAnswerStore(client, { lookMs: 5_000 });
  const flight = new SingleFlight({ store, clock: systemClock, onMiss: () => {} });
  return createOpenAiModel({
    apiKey: "test",
    baseUrl: server.url,
    model: name,
    attempts: 1,
    stallTimeoutMs: 500,
    flight: cached ? flight : null,
  });
}

function callsOf(told: Told): ModelCall[] {
  return told.events.flatMap((event) => (event.type === "model-called" ? [event.call] : []));
}

describe("the calls of a run", () => {
  it("RM70: are events with tokens, cost and times, each of its step, and none of what was said", async () => {
    scriptRun(server);
    const told = await ask(QUESTION, { model: model() });
    const calls = callsOf(told);
    expect(calls).toHaveLength(CALLS);
    expect(server.calls).toHaveLength(CALLS);
    const stepOf = new Map(
      told.events.flatMap((event) =>
        event.type === "step-started" ? [[event.stepId, event.agent] as const] : [],
      ),
    );
    for (const call of calls) {
      expect(modelCallSchema.parse(call)).toEqual(call);
      expect(call).toMatchObject({ model: "gpt-4o", outcome: "ok", cache: "miss" });
      expect(call).toMatchObject({ usage: USAGE, costUsd: COST, savedUsd: null });
      expect(stepOf.get(call.stepId)).toBe(call.agent);
      expect(call.latencyMs).toBeGreaterThanOrEqual(call.firstTokenMs ?? 0);
    }
    expect(new Set(calls.map(({ id }) => id)).size).toBe(CALLS);
    expect(calls.map(({ agent }) => agent)).toEqual([
      ...["triage", "data", "data", "optimization", "optimization", "actions", "reporting"],
    ]);
    expect(JSON.stringify(calls)).not.toContain("money");
  });

  it("asked again are hits: no tokens, no cost, and what they saved to the last digit", async () => {
    scriptRun(server);
    const first = modelUseOf(callsOf(await ask(QUESTION, { model: model() })));
    const again = callsOf(await ask(QUESTION, { model: model() }));
    expect(server.calls).toHaveLength(CALLS);
    expect(first).toMatchObject({ calls: CALLS, hits: 0, inputTokens: 6_300, unpriced: 0 });
    expect(first).toMatchObject({ costUsd: "0.01547", savedUsd: null });
    expect(again.map(({ cache, outcome, costUsd }) => [cache, outcome, costUsd])).toEqual(
      Array.from({ length: CALLS }, () => ["hit", "ok", "0"]),
    );
    const use = modelUseOf(again);
    expect(use).toMatchObject({ hits: CALLS, inputTokens: 0, outputTokens: 0 });
    expect(use).toMatchObject({ costUsd: "0", savedUsd: "0.01547" });
    expect(modelUseWords(first)).toEqual([
      "7 model calls",
      "6,300 tokens in (56.9 % cached by the provider), 420 tokens out",
      "cost $0.0155",
    ]);
    expect(modelUseWords(use)).toEqual([
      "7 model calls, all from the cache",
      "0 tokens in, 0 tokens out",
      "cost $0.00",
      "the cache saved $0.0155",
    ]);
  });

  it("say that the cache was not asked where there is none, or a fresh answer was wanted", async () => {
    scriptRun(server);
    const alone = await ask(QUESTION, { model: model({ cached: false }) });
    expect(new Set(callsOf(alone).map(({ cache }) => cache))).toEqual(new Set(["bypass"]));
    for (let run = 0; run < 2; run += 1) scriptRun(server);
    await ask(QUESTION, { model: model() });
    const request = requestOf(QUESTION, { answers: "refresh" });
    const fresh = await ask(QUESTION, { model: model() }, { request });
    expect(new Set(callsOf(fresh).map(({ cache }) => cache))).toEqual(new Set(["bypass"]));
  });

  it("of a model without a price are unpriced, never free", async () => {
    scriptRun(server);
    const calls = callsOf(await ask(QUESTION, { model: model({ name: "house-model-1" }) }));
    expect(calls).toHaveLength(CALLS);
    expect(modelUseOf(calls)).toMatchObject({ costUsd: null, unpriced: CALLS });
    expect(modelUseWords(modelUseOf(calls))).toContain("cost unpriced");
    // A hit spent nothing whatever the price; what it saved stays unknown.
    const again = callsOf(await ask(QUESTION, { model: model({ name: "house-model-1" }) }));
    expect(modelUseOf(again)).toMatchObject({ costUsd: "0", unpriced: 0, savedUsd: null });
  });

  it("that failed say how, and that nobody knows what they cost", async () => {
    scriptRun(server, ["triage", "reporting"]);
    server.script(
      { when: from("triage"), reply: { kind: "status", status: 429 } },
      { when: from("reporting"), reply: { kind: "stall" } },
    );
    const told = await ask(QUESTION, { model: model() });
    expect(told.finished).toMatchObject({ state: "completed" });
    const failed = callsOf(told).filter(({ outcome }) => outcome !== "ok");
    expect(failed.map(({ agent, outcome, usage, costUsd }) => [agent, outcome, usage, costUsd]))
      // biome-ignore format: one row for each
      .toEqual([
      ["triage", "rate-limited", null, null],
      ["reporting", "timed-out", null, null],
    ]);
    expect(modelUseWords(modelUseOf(callsOf(told)))).toEqual([
      "7 model calls",
      "4,500 tokens in (56.9 % cached by the provider), 300 tokens out",
      "tokens of 2 calls unknown",
      "cost $0.0111 and 2 calls unpriced",
    ]);
  });

  it("are there also when the run was stopped in the middle of one", async () => {
    scriptRun(server, ["reporting"]);
    const reply = { kind: "text" as const, text: "- Start now.\n".repeat(9), everyMs: () => 40 };
    server.script({ when: from("reporting"), reply });
    const told = await ask(
      QUESTION,
      { model: model() },
      { stopWhen: (output) => output.kind === "event" && output.event.type === "text-delta" },
    );
    expect(told.finished).toMatchObject({ state: "cancelled" });
    expect(callsOf(told)).toHaveLength(server.calls.length);
    const [last] = callsOf(told).slice(-1);
    expect(last).toMatchObject({ agent: "reporting", outcome: "stopped" });
    expect(last).toMatchObject({ usage: null, costUsd: null });
  });

  it("are none without a model", async () => {
    const told = await ask(QUESTION);
    expect(callsOf(told)).toEqual([]);
    expect(modelUseWords(modelUseOf([]))).toEqual(["0 model calls"]);
  });
});

const bodySchema = z.looseObject({ messages: z.array(z.unknown()), tools: z.unknown().optional() });

describe("the prompt of an agent", () => {
  it("keeps its prefix to the byte within a run, and its instructions and tools over runs", async () => {
    const heads = new Map<string, string>();
    for (const question of [QUESTION, "What did gpt-4o-mini cost, and where can we save?"]) {
      server.reset();
      scriptRun(server);
      await ask(question, { model: model({ cached: false }) });
      expect(server.calls.length).toBeGreaterThanOrEqual(CALLS);
      const before = new Map<string, string>();
      for (const call of server.calls) {
        const { messages, tools } = bodySchema.parse(call.body);
        const head = JSON.stringify([messages[0], tools]);
        expect(heads.get(call.system) ?? head).toBe(head);
        heads.set(call.system, head);
        const said = JSON.stringify(messages).slice(0, -1);
        expect(said.startsWith(before.get(call.system) ?? "[")).toBe(true);
        before.set(call.system, said);
      }
    }
    // One prompt for each of the five agents that asked, the same in both runs.
    expect(heads.size).toBe(5);
  });
});
