import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOpenAiModel } from "../../party/adapters/language-model";
import { CircuitBreaker } from "../../party/adapters/model/circuit-breaker";
import type { Clock } from "../../party/ports/clock";
import type { LanguageModelPort } from "../../party/ports/language-model";
import { plainText } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { type ModelReply, type ModelServer, startModelServer } from "../support/model-server";
import { expectProtocol, expectReceipts } from "./figures";
import { from, scriptRun, shown, spendLine, triageReply } from "./model-script";
import {
  analyticsOf,
  ask,
  bareCalls,
  datasetId,
  outcomeOf,
  steps,
  storyCalls,
  type Told,
  workspaceId,
} from "./scene";

const QUESTION = "Where does our money go, and what can we save?";
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function settings() {
  return {
    apiKey: "test",
    baseUrl: server.url,
    model: "scripted-1",
    answerTimeoutMs: 400,
    stallTimeoutMs: 250,
    attempts: 2,
    longestWaitMs: 300,
  };
}

const model = () => createOpenAiModel(settings());

/** Whatever the model did: the run completed, and every figure is one of the log's. */
function expectRightReport(told: Told): void {
  expect(told.finished).toMatchObject({ state: "completed" });
  expectProtocol(told);
  expect(expectReceipts(told, { written: "checked" })).toBeGreaterThan(20);
  const method = told.report?.sections.find(({ id }) => id === "method");
  expect(JSON.stringify(method)).toContain("Exact totals");
}

describe("a model that does its work", () => {
  it("chooses tools, writes words, and has every figure checked before it is shown", async () => {
    scriptRun(server);
    const told = await ask(QUESTION, { model: model() });
    expect(server.unscripted).toEqual([]);
    expect(steps(told)).toEqual([
      "triage completed",
      "data completed",
      "optimization completed",
      "actions completed",
      "reporting completed",
    ]);
    expect(told.events[0]).toMatchObject({ type: "run-started", model: "scripted-1" });
    expectRightReport(told);
    expect(told.report).toMatchObject({ writer: "model", summary: { length: 3 } });
    expect(told.report?.figures).toEqual({ checked: 4, repaired: 0, replaced: 0 });
    expect(told.message?.writer).toBe("model");
    expect(told.report?.actions[0]).toMatchObject({
      change: ["Do this one first, behind a switch."],
    });
    const deltas = told.events.flatMap((event) => (event.type === "text-delta" ? event.text : []));
    expect(plainText(told.message?.text ?? []).startsWith(plainText(deltas))).toBe(true);
    const titles = told.events.flatMap((event) =>
      event.type === "tool-started" ? [event.title] : [],
    );
    expect(titles).toContain("Spend by user");
    expect(titles.filter((title) => title === "Totals")).toHaveLength(1);
  });

  it("asks levers that rest on what the question states, and is told what is missing", async () => {
    scriptRun(server, ["data", "optimization"]);
    const units = { provider: "openai", model: "gpt-4o", usdPerHour: 3 };
    const asks = (agent: string, calls: Array<{ name: string; input: object }>) =>
      server.script(
        {
          when: (call) => from(agent)(call) && !call.messages.some(({ role }) => role === "tool"),
          reply: { kind: "tools", calls },
        },
        { when: from(agent), reply: { kind: "text", text: "- See the evidence." } },
      );
    asks("data", [{ name: "compare_quality", input: { rule: { margin: 0.1 } } }]);
    asks("optimization", [
      { name: "lever_prompt_trim", input: { trims: [{ feature: "search", to: "p50" }] } },
      { name: "lever_capacity", input: { ...units, kind: "provisioned", units: 2 } },
      { name: "lever_capacity", input: { ...units, kind: "self-hosted" } },
      { name: "catalogue_models", input: { most: 2, providers: ["openai"] } },
    ]);
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    const of = (tool: string) => told.evidence.filter((evidence) => evidence.tool === tool);
    const value = (tool: string, key: string, segment: string | null = null) =>
      of(tool)[0]?.values.find((one) => one.key === key && one.segment === segment)?.value;
    expect(of("compare-quality")[0]?.question?.input).toEqual({ rule: { margin: 0.1 } });
    expect(of("compare-quality")[0]?.assumptions.join()).toContain("above −0.1.");
    // Of the prompts of 2,000, 2,001 … 2,383 tokens, those above 2,192.
    expect(value("lever-prompt-trim", "trimmed")).toBe("191");
    // Two units at $3 an hour, from the model's first minute to its last: 383 hours and a minute.
    expect(value("lever-capacity", "capacity_cost")).toBe("2298.1");
    expect(of("lever-capacity")).toHaveLength(1);
    expect(JSON.stringify(told.events)).toContain("tokensPerSecond");
    expect(value("catalogue-models", "cheaper", "search · openai/gpt-4o")).toBeDefined();
  });

  it("cannot widen the question to names that the data do not hold", async () => {
    scriptRun(server);
    const told = await ask("Where does our money go with gpt-4o?", { model: model() });
    const totals = told.evidence.find(({ tool }) => tool === "profile-totals");
    expect(JSON.stringify(told.checkpoints.at(-1))).not.toContain("made-up");
    expect(totals).toBeDefined();
  });

  it("answers a direct question in its words", async () => {
    server.script(
      {
        when: from("triage"),
        reply: {
          kind: "json",
          value: {
            ...("value" in triageReply ? (triageReply.value as object) : {}),
            intent: "lookup",
            models: [],
          },
        },
      },
      { when: from("data"), reply: { kind: "text", text: "- Found it." } },
      { when: from("supervisor"), reply: (call) => ({ kind: "text", text: spendLine(call) }) },
    );
    const told = await ask("What did it cost?", { model: model() });
    expect(steps(told).at(-1)).toBe("supervisor completed");
    expect(told.message?.writer).toBe("model");
    expect(plainText(told.message?.text ?? [])).toMatch(
      /^The calls in range cost \$[\d.]+ over \d+ calls\.$/,
    );
    expectReceipts(told, { written: "checked" });
  });
});

describe("a model that lies", () => {
  const report = (text: string) => ({
    when: from("reporting"),
    reply: { kind: "text" as const, text },
  });

  it("has an invented figure repaired once by itself", async () => {
    scriptRun(server, ["reporting"]);
    server.script(report("- You waste $12,345 a day.\n- Start now."), {
      when: (call) => call.system.startsWith("You correct one sentence"),
      reply: (call) => ({ kind: "json", value: { sentence: spendLine(call) } }),
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(JSON.stringify(told.events)).not.toContain("12,345");
    expect(told.report?.figures).toMatchObject({ repaired: 1, replaced: 0 });
  });

  it("has what it cannot back replaced by the template's words", async () => {
    scriptRun(server, ["reporting"]);
    server.script(report("- You waste $12,345 a day.\n- Start now.\n- Latency falls by 73 %."), {
      when: (call) => call.system.startsWith("You correct one sentence"),
      reply: { kind: "json", value: { sentence: "You waste $54,321 a day." } },
      times: 9,
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(JSON.stringify(told.events)).not.toMatch(/12,345|54,321|73 %/);
    expect(told.report?.figures).toMatchObject({ repaired: 0, replaced: 2 });
    expect(told.report?.summary).toHaveLength(3);
  });

  it("of which no sentence is left did not write the report", async () => {
    scriptRun(server, ["reporting"]);
    server.script(report("- You waste $12,345/day.\n- Latency falls by 73pct."), {
      when: (call) => call.system.startsWith("You correct one sentence"),
      reply: { kind: "json", value: { sentence: "You waste $54,321 a day." } },
      times: 9,
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(JSON.stringify(told.events)).not.toMatch(/12,345|54,321|73pct/);
    expect(outcomeOf(told, "reporting")?.outcome).toBe("fell-back");
    expect(told.report?.writer).toBe("rules");
    expect(told.message?.writer).toBe("rules");
  });

  it("cannot copy the question's figures as if they were the log's", async () => {
    scriptRun(server, ["reporting"]);
    server.script(report("- The calls cost $777 in all."));
    const told = await ask("Is it true that our calls cost $777? What can we save?", {
      model: model(),
    });
    expectRightReport(told);
    expect(plainText(told.message?.text ?? [])).not.toContain("$777");
  });

  it("has a wrong citation mended", async () => {
    scriptRun(server, ["reporting"]);
    server.script({
      when: from("reporting"),
      reply: (call) => ({
        kind: "text",
        text: `- The calls cost ${shown(call, "cost").text} [E999].`,
      }),
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(told.report?.figures).toMatchObject({ repaired: 1, replaced: 0 });
  });

  it("does not get its action words past the checker", async () => {
    scriptRun(server, ["actions"]);
    server.script({
      when: from("actions"),
      reply: {
        kind: "json",
        value: {
          actions: [
            {
              number: 1,
              change: "Saves $99,999 for sure.",
              riskReason: "None at all, it is safe.",
            },
          ],
        },
      },
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(JSON.stringify(told.report)).not.toContain("99,999");
    expect(JSON.stringify(told.report?.actions)).not.toContain("it is safe");
  });
});

describe("a model that fails", () => {
  const failures: Array<[string, ModelReply, number, RegExp]> = [
    ["limits our rate", { kind: "status", status: 429, retryAfter: "0" }, 2, /limits our rate/],
    [
      "asks to wait too long",
      { kind: "status", status: 429, retryAfter: "3600" },
      1,
      /limits our rate/,
    ],
    ["breaks down", { kind: "status", status: 500 }, 2, /not available/],
    ["rejects the request", { kind: "status", status: 400 }, 1, /rejected/],
    ["never answers", { kind: "silence" }, 2, /too long/],
    ["stalls in the middle", { kind: "stall", text: "Spend is" }, 1, /too long/],
    ["is cut off", { kind: "cut", text: "Spend is" }, 1, /cut off/],
    ["answers garbage", { kind: "garbage" }, 1, /form|cut off/],
    ["answers nothing", { kind: "empty" }, 1, /nothing/],
    ["refuses", { kind: "filtered" }, 1, /refused/],
    [
      "refuses in words",
      { kind: "text", text: "I'm sorry, I can't help with that." },
      1,
      /refused/,
    ],
  ];

  it.each(failures)("%s: the step falls back to its rules", async (_name, reply, times, reason) => {
    for (const agent of ["data", "optimization", "reporting"]) {
      server.reset();
      scriptRun(server, [agent]);
      server.script({ when: from(agent), reply, times });
      const told = await ask(QUESTION, { model: model(), calls: bareCalls(60) });
      expectRightReport(told);
      expect(outcomeOf(told, agent)).toMatchObject({
        outcome: "fell-back",
        reason: expect.stringMatching(reason),
      });
      expect(server.unscripted).toEqual([]);
    }
  });

  it.each([
    ["malformed JSON", { kind: "text", text: '{"intent": "analysis", ' }],
    ["another shape", { kind: "json", value: { intent: "sabotage" } }],
    ["an empty answer", { kind: "empty" }],
  ] as Array<[string, ModelReply]>)(
    "%s twice where an object is asked for",
    async (_name, reply) => {
      scriptRun(server, ["triage", "actions"]);
      server.script(
        { when: from("triage"), reply, times: 2 },
        { when: from("actions"), reply, times: 2 },
      );
      const told = await ask(QUESTION, { model: model() });
      expectRightReport(told);
      expect(outcomeOf(told, "triage")?.outcome).toBe("fell-back");
      expect(outcomeOf(told, "actions")?.outcome).toBe("fell-back");
    },
  );

  it("mends a malformed object by asking once more", async () => {
    scriptRun(server, ["triage"]);
    server.script(
      { when: from("triage"), reply: { kind: "text", text: "Sure! Here you go: analysis" } },
      { when: from("triage"), reply: triageReply },
    );
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(outcomeOf(told, "triage")?.outcome).toBe("completed");
  });

  it("takes an object out of a fence", async () => {
    scriptRun(server, ["triage"]);
    const value = triageReply.kind === "json" ? JSON.stringify(triageReply.value) : "";
    server.script({
      when: from("triage"),
      reply: { kind: "text", text: `\`\`\`json\n${value}\n\`\`\`` },
    });
    const told = await ask(QUESTION, { model: model() });
    expect(outcomeOf(told, "triage")?.outcome).toBe("completed");
    expect(server.unscripted).toEqual([]);
  });

  it("calls tools for ever: it is cut short and the rules take over", async () => {
    scriptRun(server, ["data"]);
    server.script({
      when: from("data"),
      reply: { kind: "tools", calls: [{ name: "profile_totals", input: {} }] },
      times: 50,
    });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(outcomeOf(told, "data")).toMatchObject({ outcome: "fell-back" });
    expect(server.calls.filter(from("data")).length).toBeLessThanOrEqual(8);
    expect(told.evidence.filter(({ tool }) => tool === "profile-totals")).toHaveLength(1);
  });

  it.each([
    [
      "wrong arguments",
      { kind: "tools", calls: [{ name: "break_down", input: { by: "; DROP TABLE" } }] },
    ],
    ["arguments that are no JSON", { kind: "raw-tool", name: "break_down", arguments: '{"by": ' }],
    [
      "a tool that does not exist",
      { kind: "tools", calls: [{ name: "run_sql", input: { sql: "SELECT 1" } }] },
    ],
  ] as Array<[string, ModelReply]>)("calls %s: it is told so and goes on", async (_name, reply) => {
    scriptRun(server, ["data"]);
    server.script(
      { when: from("data"), reply },
      { when: from("data"), reply: { kind: "text", text: "- The spend is in the table." } },
    );
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(told.evidence.every(({ sql }) => !sql?.includes("DROP"))).toBe(true);
  });

  it("has its failed query named once, and not at all when the rules' own try succeeds", async () => {
    const reply: ModelReply = {
      kind: "tools",
      calls: [{ name: "quality_by_model", input: {} }],
    };
    for (const failures of [1, 99]) {
      server.reset();
      scriptRun(server, ["data"]);
      server.script(
        { when: from("data"), reply },
        { when: from("data"), reply: { kind: "text", text: "- The spend is in the table." } },
      );
      const source = memorySource([{ workspaceId, datasetId, calls: storyCalls() }]);
      let left = failures;
      const analytics = analyticsOf({
        ...source,
        modelProfiles: (scope, signal) => {
          left -= 1;
          return left < 0
            ? source.modelProfiles(scope, signal)
            : Promise.reject(new Error("the store is away"));
        },
      });
      const told = await ask(QUESTION, { model: model(), analytics });
      const named = JSON.stringify(told.report).match(/failed: Quality labels by model/g) ?? [];
      expect(named).toHaveLength(failures === 1 ? 0 : 1);
    }
  });

  it("is down altogether: the whole run is done by rules", async () => {
    server.script({ reply: { kind: "status", status: 503 }, times: 99 });
    const told = await ask(QUESTION, { model: model() });
    expectRightReport(told);
    expect(steps(told).every((step) => step.endsWith("fell-back"))).toBe(true);
    expect(told.report?.writer).toBe("rules");
    const rules = await ask(QUESTION);
    expect(told.report?.summary).toEqual(rules.report?.summary);
  });

  it("is left alone while it is down, and asked again by one request after a rest", async () => {
    let now = 1_000_000;
    const clock: Clock = { now: () => now, sleep: async () => undefined };
    const breaker = new CircuitBreaker({ clock, failures: 3, restMs: 5_000 });
    const one = createOpenAiModel({ ...settings(), attempts: 1, clock, breaker });
    const other = createOpenAiModel({ ...settings(), attempts: 1, clock, breaker });
    const say = async (model: LanguageModelPort) => {
      let text = "";
      const reuse = { workspaceId, data: "", seconds: 1, mode: "bypass" as const };
      const request = { agent: "data", promptVersion: 1, reuse, system: "s", prompt: "p" };
      const asked = { ...request, tools: [], maxSteps: 1, maxOutputTokens: 9 };
      for await (const part of model.stream(asked, new AbortController().signal)) {
        if (part.type === "text") text += part.text;
      }
      return text;
    };
    server.script({ reply: { kind: "status", status: 429 } });
    await expect(say(one)).rejects.toMatchObject({ kind: "rate-limited" });
    server.script({ reply: { kind: "status", status: 503 }, times: 4 });
    for (const model of [one, other, one]) await expect(say(model)).rejects.toThrow(/HTTP 503/);
    expect(server.calls).toHaveLength(4);
    await expect(say(other)).rejects.toThrow(/failed 3 times in a row and is asked again in 5 s/);
    expect(server.calls).toHaveLength(4);
    now += 5_000;
    const probes = await Promise.allSettled([say(one), say(other)]);
    expect(probes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(server.calls).toHaveLength(5);
    // A failed probe makes the rest longer.
    now += 5_000;
    await expect(say(one)).rejects.toThrow(/again in 5 s/);
    now += 5_000;
    server.script({ reply: { kind: "text", text: "Back." }, times: 2 });
    expect(await say(one)).toBe("Back.");
    expect(await say(other)).toBe("Back.");
  });

  it("asks each agent's own model where one is set", async () => {
    scriptRun(server);
    await ask(QUESTION, {
      model: createOpenAiModel({ ...settings(), modelOf: { triage: "small-1", data: undefined } }),
    });
    const models = new Set(
      server.calls.map(({ model, system }) => `${system.slice(8, 18)} ${model}`),
    );
    expect([...models]).toEqual([
      "the triage small-1",
      "the data a scripted-1",
      "the optimi scripted-1",
      "the action scripted-1",
      "the report scripted-1",
    ]);
  });

  it("is asked with a prefix that stays byte for byte while a step goes on", async () => {
    scriptRun(server);
    await ask(QUESTION, { model: model() });
    let followed = 0;
    const last = new Map<string, { messages: string[]; head: string }>();
    for (const call of server.calls) {
      const { messages, ...head } = call.body as { messages: unknown[] };
      const now = {
        messages: messages.map((one) => JSON.stringify(one)),
        head: JSON.stringify(head),
      };
      const before = last.get(call.system);
      if (before) {
        followed += 1;
        expect(now.messages.slice(0, before.messages.length)).toEqual(before.messages);
        expect(now.head).toBe(before.head);
      }
      last.set(call.system, now);
    }
    expect(followed).toBe(2);
  });

  it("waits as long as Retry-After asks, and then succeeds", async () => {
    scriptRun(server);
    server.reset();
    server.script({
      when: from("triage"),
      reply: { kind: "status", status: 429, retryAfter: "0.2" },
    });
    scriptRun(server);
    const started = performance.now();
    const told = await ask(QUESTION, { model: model() });
    expect(outcomeOf(told, "triage")?.outcome).toBe("completed");
    expect(performance.now() - started).toBeGreaterThan(195);
  });

  it("is stopped by the user in the middle of a stream", async () => {
    scriptRun(server, ["reporting"]);
    server.script({
      when: from("reporting"),
      reply: { kind: "stall", text: "Spend is a matter of words. And" },
    });
    const told = await ask(
      QUESTION,
      { model: model() },
      { stopWhen: (output) => output.kind === "event" && output.event.type === "text-delta" },
    );
    expect(told.finished).toMatchObject({ state: "cancelled" });
    expect(told.message).toMatchObject({
      ending: "stopped",
      text: ["Spend is a matter of words."],
    });
    expect(told.report).toBeNull();
  });
});
