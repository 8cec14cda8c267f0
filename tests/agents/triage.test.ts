import { describe, expect, it } from "vitest";
import { titleOf } from "../../party/agents/supervisor/title";
import { readFocus } from "../../party/agents/triage/focus";
import { namedDatasets } from "../../party/agents/triage/named-datasets";
import { findNames, readNames, unknownModels } from "../../party/agents/triage/names";
import { normalise } from "../../party/agents/triage/normalise";
import { mentionsTime, readRange, readTime } from "../../party/agents/triage/ranges";
import { keepsLatency, readIntent, readMetric } from "../../party/agents/triage/rules";
import { readTargets } from "../../party/agents/triage/targets";

const DAY = 86_400_000;
const now = Date.UTC(2026, 2, 18, 12);
const fresh = { now, lastCallAt: now - 60_000 };
const old = { now, lastCallAt: Date.UTC(2023, 10, 16, 19, 14) };
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 16));

describe("time ranges", () => {
  it.each([
    ["what did it cost yesterday?", "2026-03-17T00:00", "2026-03-18T00:00", "now"],
    ["spend today", "2026-03-18T00:00", null, "now"],
    ["in the last 7 days", "2026-03-11T12:00", null, "now"],
    ["over the past thirty days", "2026-02-16T12:00", null, "now"],
    ["last week", "2026-03-09T00:00", "2026-03-16T00:00", "now"],
    ["this week", "2026-03-16T00:00", null, "now"],
    ["last month", "2026-02-01T00:00", "2026-03-01T00:00", "now"],
    ["this month", "2026-03-01T00:00", null, "now"],
    ["since 2026-03-05", "2026-03-05T00:00", null, "date"],
    ["since March 5", "2026-03-05T00:00", null, "date"],
    ["between 1 March and 4 March 2026", "2026-03-01T00:00", "2026-03-05T00:00", "date"],
    ["on 3rd of March 2026", "2026-03-03T00:00", "2026-03-04T00:00", "date"],
    ["in February", "2026-02-01T00:00", "2026-03-01T00:00", "date"],
    ["in December", "2025-12-01T00:00", "2026-01-01T00:00", "date"],
    ["in 2025-11", "2025-11-01T00:00", "2025-12-01T00:00", "date"],
    ["in 2025", "2025-01-01T00:00", "2026-01-01T00:00", "date"],
    ["Q4 2025", "2025-10-01T00:00", "2026-01-01T00:00", "date"],
    ["where does our money go?", null, null, "none"],
    ["since 2026-02-31", null, null, "none"],
    ["the past week", "2026-03-11T12:00", null, "now"],
    ["since Monday", "2026-03-16T00:00", null, "now"],
    ["last weekend", "2026-03-14T00:00", "2026-03-16T00:00", "now"],
    ["in the week of March 9", "2026-03-09T00:00", "2026-03-16T00:00", "date"],
    ["the first half of February", "2026-02-01T00:00", "2026-02-16T00:00", "date"],
    ["from the 3rd to the 9th of March", "2026-03-03T00:00", "2026-03-10T00:00", "date"],
    ["until March 5", null, "2026-03-06T00:00", "date"],
    ["before March 5", null, "2026-03-05T00:00", "date"],
    ["yesterday between 2 and 4 pm", "2026-03-17T14:00", "2026-03-17T16:00", "now"],
    ["last 48 hrs", "2026-03-16T12:00", null, "now"],
    ["as good as today", null, null, "none"],
    ["in April if usage triples", null, null, "none"],
    ["by the end of the quarter", null, null, "none"],
  ])("%s", (message, from, to, anchor) => {
    const range = readRange(message, fresh);
    expect([iso(range.from), iso(range.to), range.anchor]).toEqual([from, to, anchor]);
  });

  it("counts back from the last call where the log has ended", () => {
    const week = readRange("past week", old);
    expect(week).toMatchObject({ anchor: "last-call", to: old.lastCallAt + 1 });
    expect((week.from ?? 0) + 7 * DAY).toBe(old.lastCallAt);
    expect(iso(readRange("yesterday", old).from)).toBe("2023-11-16T00:00");
  });

  it("notices a time that it cannot read", () => {
    expect(mentionsTime("what did it cost last weekend?")).toBe(true);
    expect(mentionsTime("since last Tuesday")).toBe(true);
    expect(mentionsTime("what did it cost?")).toBe(false);
    expect(readTime("spend yesterday morning", fresh)).toMatchObject({ unread: true });
    expect(readTime("spend between 14:00 and 16:00", fresh)).toMatchObject({ unread: true });
    expect(readTime("errors yesterday", fresh)).toMatchObject({ unread: false });
  });
});

const targetsOf = (message: string, features: readonly string[]) => {
  const text = normalise(message);
  return readTargets(text, findNames(text, { features, models: [], providers: [] })).targets;
};

describe("targets", () => {
  it.each([
    ["make it 20 % cheaper", "cost-cut", "20", "percent"],
    ["cut our spend by 12.5%", "cost-cut", "12.5", "percent"],
    ["can we save thirty or at least 30 percent savings", "cost-cut", "30", "percent"],
    ["keep p95 under 500 ms", "latency-bound", "500", "ms"],
    ["p99 of chat below 1.5 s please", "latency-bound", "1500", "ms"],
    ["answers within 2 seconds", "latency-bound", "2000", "ms"],
    ["2x faster", "speed-up", "2", "ratio"],
    ["make tools three times faster", "speed-up", "3", "ratio"],
    ["50 % more usage next month", "growth", "50", "percent"],
    ["our budget is $1,500 a month", "budget", "1500", "USD"],
  ])("%s", (message, kind, value, unit) => {
    const [found] = targetsOf(message, ["chat"]);
    expect(found?.target.kind).toBe(kind);
    expect(found?.value).toMatchObject({ value, unit });
  });

  it("reads several, each with the segment it stands next to", () => {
    const found = targetsOf("20 % cheaper, p95 of chat under 500 ms and of search under 2 s", [
      "chat",
      "search",
    ]);
    expect(found.map(({ target }) => [target.kind, target.value, target.segment])).toEqual([
      ["cost-cut", 20, null],
      ["latency-bound", 500, "chat"],
      ["latency-bound", 2000, "search"],
    ]);
    expect(new Set(found.map(({ value }) => value.key)).size).toBe(3);
  });

  it("finds none where none is stated", () => {
    expect(targetsOf("Where did 3 of our 5 models fail in 2024?", [])).toEqual([]);
  });
});

describe("intent, focus and names", () => {
  it.each([
    ["Hi!", "small-talk"],
    ["thanks a lot", "small-talk"],
    ["what can you do?", "small-talk"],
    ["What did gpt-4o cost last week?", "lookup"],
    ["how many calls failed yesterday", "lookup"],
    ["which feature is slowest?", "lookup"],
    ["Where does our money go, and what can we save?", "analysis"],
    ["why is chat so expensive", "analysis"],
    ["help me", "unclear"],
    ["look at this", "unclear"],
    ["what should we do about the cost?", "analysis"],
  ])("%s is %s", (message, intent) => {
    expect(readIntent(message)).toBe(intent);
  });

  it("takes a bound on speed for a bound, not for the question", () => {
    const message = "What can we save without making answers slower?";
    expect(keepsLatency(message)).toBe(true);
    expect(readFocus(message)).toEqual(["cost"]);
    expect(readFocus("why is chat slow?")).toEqual(["latency"]);
    expect(readMetric("how many tokens did we use?")).toBe("tokens");
  });

  it("reads names as the data have them", () => {
    const known = {
      models: ["gpt-4o", "gpt-4o-mini"],
      features: ["support-chat", "summary", "search"],
      providers: ["openai", "anthropic"],
    };
    expect(readNames("what did gpt-4o-mini cost?", known).model).toEqual(["gpt-4o-mini"]);
    expect(readNames("gpt-4o and gpt-4o-mini", known).model).toEqual(["gpt-4o", "gpt-4o-mini"]);
    expect(readNames("cost of support chat", known).feature).toEqual(["support-chat"]);
    expect(readNames("give me a summary", known).feature).toEqual([]);
    expect(readNames("cost without search", known)).toMatchObject({
      feature: [],
      notFeature: ["search"],
    });
    expect(unknownModels("would claude-9 or gpt-4o do?", known.models)).toEqual(["claude-9"]);
  });

  it("tells datasets by name or by a telling word", () => {
    const datasets = [{ name: "azure-llm-2023-conv.csv" }, { name: "mooncake-conversation.jsonl" }];
    expect(namedDatasets("what did the azure log cost?", datasets)).toEqual([datasets[0]]);
    expect(namedDatasets("prefix reuse in mooncake", datasets)).toEqual([datasets[1]]);
    expect(namedDatasets("what did our conversations cost?", datasets)).toEqual([]);
  });

  it("titles a thread by its first sentence", () => {
    expect(titleOf("where does our money go? And why?")).toBe("Where does our money go?");
    expect(titleOf("hello")).toBeNull();
    expect(titleOf("x".repeat(200))?.length).toBeLessThanOrEqual(73);
  });
});
