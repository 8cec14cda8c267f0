import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RedisEndpoint, startRedisEndpoint } from "../../db/embedded/redis-endpoint";
import { createRedis } from "../../db/redis";
import { createOpenAiModel } from "../../party/adapters/language-model";
import { createAnswerStore, LEASE_MS } from "../../party/adapters/model/answer-store";
import { SingleFlight } from "../../party/adapters/model/single-flight";
import { systemClock } from "../../party/ports/clock";
import type { CalledModel, TextRequest } from "../../party/ports/language-model";
import { plainText } from "../../party/protocol";
import { type ModelServer, startModelServer } from "../support/model-server";
import { expectReceipts } from "./figures";
import { scriptRun } from "./model-script";
import { ask, datasetOf, requestOf, storyCalls } from "./scene";

const QUESTION = "Where does our money go, and what can we save?";
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

interface Options {
  url?: string;
  renewMs?: number;
  leaseMs?: number;
  model?: string;
  lookMs?: number;
  misses?: unknown[];
}

/** A model as one process has it; several of them share the answers. */
function model(options: Options = {}) {
  // Long, so that a busy machine is no miss here.
  const { url = redis.url, renewMs, lookMs = 5_000, model = "gpt-4o", misses } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const client = createRedis(
    {
      NETRA_ENV: `t${environment}`,
      UPSTASH_REDIS_REST_URL: url,
      UPSTASH_REDIS_REST_TOKEN: "t",
    },
    { timeoutMs: Math.max(1_000, lookMs) },
  );
  return createOpenAiModel({
    apiKey: "test",
    baseUrl: server.url,
    model,
    attempts: 1,
    stallTimeoutMs: 2_000,
    flight: new SingleFlight({
      store: createAnswerStore(client, { leaseMs, lookMs }),
      clock: systemClock,
      onMiss: (error) => misses?.push(error),
      ...(renewMs === undefined ? {} : { renewMs }),
    }),
  });
}

function requestFor(prompt: string, changes: Partial<TextRequest> = {}): TextRequest {
  return {
    agent: "reporting",
    promptVersion: 1,
    reuse: { workspaceId: "w1", data: "d1@1", seconds: 60, mode: "use" },
    system: "Cite like [E3].",
    prompt,
    maxOutputTokens: 100,
    tools: [],
    maxSteps: 1,
    ...changes,
  };
}

async function say(
  asked: ReturnType<typeof model>,
  request: TextRequest,
  signal = new AbortController().signal,
) {
  const calls: CalledModel[] = [];
  let text = "";
  let pieces = 0;
  const parts = asked.stream({ ...request, onCall: (call) => calls.push(call) }, signal);
  for await (const part of parts) {
    if (part.type !== "text") continue;
    text += part.text;
    pieces += 1;
  }
  return { text, pieces, calls };
}

const answers = (text: string, times = 99) =>
  server.script({ reply: { kind: "text", text }, times });

describe("the cache of answers", () => {
  it("streams an answer again without asking, at no cost, and says what that saved", async () => {
    answers("The spend is in the table. ".repeat(20));
    const first = await say(model(), requestFor("Say it."));
    const again = await say(model(), requestFor("Say it."));
    expect(server.calls).toHaveLength(1);
    expect(again.text).toBe(first.text);
    expect(again.pieces).toBeGreaterThan(3);
    // 388 fresh and 512 cached tokens in, 60 out, at the list prices of gpt-4o.
    const spent = { inputTokens: 900, cachedInputTokens: 512, outputTokens: 60 };
    expect(first.calls).toMatchObject([{ cache: "miss", usage: spent, costUsd: "0.00221" }]);
    expect(again.calls).toMatchObject([
      {
        cache: "hit",
        usage: { inputTokens: 0, outputTokens: 0 },
        costUsd: "0",
        savedUsd: "0.00221",
      },
    ]);
    expect(again.calls[0]?.requestHash).toBe(first.calls[0]?.requestHash);
  });

  it("never gives an answer to another workspace, agent, prompt, data or model", async () => {
    answers("Mine.");
    const base = requestFor("Say it.");
    await say(model(), base);
    const others: TextRequest[] = [
      { ...base, reuse: { ...base.reuse, workspaceId: "w2" } },
      { ...base, reuse: { ...base.reuse, data: "d1@2" } },
      { ...base, agent: "data" },
      { ...base, promptVersion: 2 },
      { ...base, system: "Cite like [E4]." },
      { ...base, prompt: "Say it!" },
      { ...base, maxOutputTokens: 101 },
    ];
    for (const other of others) await say(model(), other);
    await say(model({ model: "gpt-4o-mini" }), base);
    expect(server.calls).toHaveLength(others.length + 2);
  });

  it("serves equal evidence under other labels, with the labels of who asks", async () => {
    answers("It costs $3 [E7], see E12.");
    await say(model(), requestFor("E7 (measured): cost $3\nE12 (measured): calls 9"));
    const again = await say(model(), requestFor("E31 (measured): cost $3\nE7 (measured): calls 9"));
    expect(again.text).toBe("It costs $3 [E31], see E7.");
    expect(server.calls).toHaveLength(1);
    // Not equal: both figures are of one evidence here.
    await say(model(), requestFor("E7 (measured): cost $3\nE7 (measured): calls 9"));
    expect(server.calls).toHaveLength(2);
  });

  it("asks anew on refresh and keeps that answer; on bypass it keeps none", async () => {
    answers("Old.", 1);
    answers("New.", 1);
    answers("Aside.", 1);
    const use = requestFor("Say it.");
    const mode = (mode: "refresh" | "bypass") => ({ ...use, reuse: { ...use.reuse, mode } });
    expect((await say(model(), use)).text).toBe("Old.");
    expect((await say(model(), mode("refresh"))).text).toBe("New.");
    expect((await say(model(), mode("bypass"))).text).toBe("Aside.");
    expect((await say(model(), use)).text).toBe("New.");
    expect(server.calls).toHaveLength(3);
  });

  it.each([
    ["cut off", { kind: "cut", text: "The spend" }],
    ["empty", { kind: "empty" }],
    ["filtered", { kind: "filtered" }],
    ["a refusal", { kind: "text", text: "I'm sorry, I can't help." }],
    ["about evidence it was not shown", { kind: "text", text: "See E99." }],
  ] as const)("keeps no answer that is %s", async (_what, reply) => {
    server.script({ reply });
    answers("Good.");
    await say(model(), requestFor("Say it.")).catch(() => undefined);
    expect((await say(model(), requestFor("Say it."))).text).toBe("Good.");
    expect(server.calls).toHaveLength(2);
  });

  it("makes one request of fifty at once, from five processes", async () => {
    server.script({ reply: { kind: "text", text: "One for all.", pieces: 12, everyMs: () => 20 } });
    const processes = Array.from({ length: 5 }, () => model());
    const said = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        say(processes[index % 5] ?? model(), requestFor("Say it.")),
      ),
    );
    expect(new Set(said.map(({ text }) => text))).toEqual(new Set(["One for all."]));
    expect(server.calls).toHaveLength(1);
    expect(said.filter(({ calls }) => calls[0]?.cache === "hit")).toHaveLength(49);
  });

  it("lets those who wait ask for themselves when the first one fails or is stopped", async () => {
    server.script({ reply: { kind: "stall", text: "The" } });
    answers("Good.");
    const stop = new AbortController();
    const leader = say(model(), requestFor("Say it."), stop.signal).catch(() => "stopped");
    await expect.poll(() => server.calls.length).toBe(1);
    const waiting = [1, 2, 3].map(() => say(model(), requestFor("Say it.")));
    stop.abort(new Error("stopped"));
    expect(await leader).toBe("stopped");
    for (const { text } of await Promise.all(waiting)) expect(text).toBe("Good.");
  });

  it("lets another one lead when the first one died", async () => {
    server.script({ reply: { kind: "stall", text: "The" } });
    answers("Good.");
    // Its heart does not beat, as of a process that was killed.
    const dead = model({ leaseMs: 150, renewMs: 60_000 });
    const stop = new AbortController();
    const leader = say(dead, requestFor("Say it."), stop.signal).catch(() => null);
    await expect.poll(() => server.calls.length).toBe(1);
    const next = await say(model({ leaseMs: 150 }), requestFor("Say it."));
    expect(next.text).toBe("Good.");
    expect(server.calls).toHaveLength(2);
    stop.abort(new Error("over"));
    await leader;
  });

  it("waits for a slow first one as long as its heart beats", async () => {
    server.script({ reply: { kind: "text", text: "Slowly said.", pieces: 12, everyMs: () => 40 } });
    const leader = say(model({ leaseMs: 150, renewMs: 40 }), requestFor("Say it."));
    await expect.poll(() => server.calls.length).toBe(1);
    const next = await say(model({ leaseMs: 150 }), requestFor("Say it."));
    expect(next.text).toBe("Slowly said.");
    expect((await leader).text).toBe("Slowly said.");
    expect(server.calls).toHaveLength(1);
  });
});

describe("a Redis that", () => {
  it("is away is a miss: the model is asked", async () => {
    answers("Good.");
    const misses: unknown[] = [];
    const away = model({ url: "http://127.0.0.1:9", misses });
    expect((await say(away, requestFor("Say it."))).text).toBe("Good.");
    expect(misses.length).toBeGreaterThan(0);
  });

  it("hangs is a miss as well, and nobody waits for its end", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    answers("Good.");
    const misses: unknown[] = [];
    const said = await say(
      model({ url: `http://127.0.0.1:${port}`, lookMs: 50, misses }),
      requestFor("Say it."),
    );
    expect(said.text).toBe("Good.");
    expect(String(misses[0])).toContain("within 50 ms");
    silent.closeAllConnections();
    silent.close();
  });
});

describe("a whole run", () => {
  it("asked again in the same thread, over the same data, asks no model and says the same", async () => {
    scriptRun(server);
    const first = await ask(QUESTION, { model: model() });
    const asked = server.calls.length;
    expect(asked).toBe(7);
    const request = requestOf(QUESTION, { nextEvidence: 40 });
    const again = await ask(QUESTION, { model: model() }, { request });
    expect(server.calls).toHaveLength(asked);
    expect(again.finished).toMatchObject({ state: "completed" });
    expect(plainText(again.message?.text ?? [])).toBe(plainText(first.message?.text ?? []));
    expect(again.evidence[0]?.label).toBe("E40");
    expect(expectReceipts(again, { written: "checked" })).toBeGreaterThan(20);
  });

  it("asks the model again once the data have changed", async () => {
    scriptRun(server);
    await ask(QUESTION, { model: model() });
    const asked = server.calls.length;
    scriptRun(server, ["triage"]);
    const datasets = [{ ...datasetOf(storyCalls()), version: 2 }];
    await ask(QUESTION, { model: model(), datasets });
    // Triage is about words and names alone, which have not changed.
    expect(server.calls).toHaveLength(2 * asked - 1);
  });

  it("asks the model again on a second try", async () => {
    scriptRun(server);
    await ask(QUESTION, { model: model() });
    const asked = server.calls.length;
    scriptRun(server);
    const request = requestOf(QUESTION, { answers: "refresh" });
    await ask(QUESTION, { model: model() }, { request });
    expect(server.calls).toHaveLength(2 * asked);
  });

  it("that was killed in the middle of a step takes that step's finished calls from there", async () => {
    scriptRun(server);
    const request = requestOf(QUESTION);
    // Dies with the first tool of the data step: the model's choice of tools is done by then.
    const killed = await ask(
      QUESTION,
      { model: model() },
      {
        request,
        stopWhen: (output) =>
          output.kind === "event" &&
          output.event.type === "tool-finished" &&
          output.event.tool === "break_down",
      },
    );
    const chosen = server.calls.filter(({ system }) => system.startsWith("You are the data"));
    expect(chosen).toHaveLength(1);
    const resumed = await ask(
      QUESTION,
      { model: model() },
      {
        request: { ...request, checkpoint: killed.checkpoints.at(-1), nextEvidence: 30 },
      },
    );
    expect(resumed.finished).toMatchObject({ state: "completed" });
    expect(server.unscripted).toEqual([]);
    const all = server.calls.filter(({ system }) => system.startsWith("You are the data"));
    // The choice of tools once, the words once.
    expect(all).toHaveLength(2);
    expectReceipts(resumed, { written: "checked" });
  });
});
