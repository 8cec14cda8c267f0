import { describe, expect, it } from "vitest";
import { runStateSchema } from "../../party/agents/core/state";
import { plainText } from "../../party/protocol";
import { converse, lastOf, turnOf } from "./converse";
import { expectProtocol, expectReceipts } from "./figures";
import {
  ask,
  crewOf,
  datasetOf,
  requestOf,
  type Scene,
  steps,
  storyCalls,
  type Told,
} from "./scene";

const REPORT = "Where does our money go, and what can we save?";
const whole = ["triage", "data", "optimization", "actions", "reporting"];
const said = (told: Told) => plainText(told.message?.text ?? [], { cite: true });
const ran = (told: Told) =>
  steps(told).flatMap((step) => (step.endsWith(" completed") ? [step.split(" ")[0]] : []));
const recorded = (told: Told) =>
  told.events.flatMap((event) => (event.type === "evidence-recorded" ? [event.evidence.tool] : []));

function understood(told: Told) {
  const { results } = runStateSchema.parse(told.checkpoints.at(-1));
  return results.triage as Record<string, unknown>;
}

describe("a follow-up", () => {
  it("asks why, and is answered from the thread's evidence without a query", async () => {
    const told = await lastOf([REPORT, "why?"]);
    expect(ran(told)).toEqual(["triage", "supervisor"]);
    expect(recorded(told)).toEqual([]);
    expect(told.report).toBeNull();
    expect(said(told)).toBe(
      "From 2026-03-09 23:01 UTC [E5] on spend rose by $0.0748 [E5], from $3.33 [E5] in as much time before to $3.40 [E5]. What made the difference: input tokens per call $0.0748 [E9]. Most of it is search, up by $0.0748 [E5]. The feature support-chat takes 62.6 % [E3] of the spend ($4.80 [E3]). The model anthropic/claude-sonnet-4-5 takes 62.6 % [E2] of the spend ($4.80 [E2]). The figures are from an earlier answer in this thread; the data they rest on are unchanged.",
    );
    expectReceipts(told);
  });

  it("asks why after a direct question: only what drove the figure is looked for", async () => {
    const told = await lastOf(["What did gpt-4o cost in the past week?", "Why is that?"]);
    expect(ran(told)).toEqual(["triage", "data", "supervisor"]);
    expect(recorded(told)).toEqual([
      "note_stated",
      "profile-totals",
      "explain-change",
      "compare-periods",
      "breakdown-by-feature",
      "breakdown-by-model",
    ]);
    expect(said(told)).toBe(
      "From 2026-03-09 23:00 UTC [E6] on spend rose by $0.0706 [E6], from $1.16 [E6] in as much time before to $1.24 [E6]. What made the difference: input tokens per call $0.0706 [E5].",
    );
    expectReceipts(told);
  });

  it("asks why something is slow", async () => {
    const told = await lastOf(["How slow are we?", "how come?"]);
    expect(recorded(told)).toEqual(["profile-totals", "latency-by-feature"]);
    expect(said(told)).toContain("p95 rose by 4.0 % [E3], from 4.20 s [E3] to 4.37 s [E3]");
    expectReceipts(told);
  });

  it("changes the bound, takes over the profile, and says so", async () => {
    const [, second] = await converse([`${REPORT} Make it 20 % cheaper.`, "make it 30 %"]);
    if (!second) throw new Error("no second answer");
    expect(ran(second)).toEqual(["triage", "optimization", "actions", "reporting"]);
    expect(second.events).toContainEqual(
      expect.objectContaining({
        type: "step-skipped",
        agent: "data",
        reason: "An earlier answer found this out already: E2 to E10.",
      }),
    );
    expect(recorded(second)).not.toContain("profile-totals");
    expect(understood(second).targets).toEqual([
      { kind: "cost-cut", key: "cost-cut", value: 30, percentile: null, segment: null },
    ]);
    expect(said(second)).toContain("928 [E2] calls cost $7.67 [E2]");
    expect(said(second)).toMatch(
      /Asked: a saving of 30 % \[E\d+\]\. The least risky plan that does it is answering exact repeats from a cache: it would have saved \$2\.55 \[E\d+\] \(33\.2 % \[E\d+\]/,
    );
    expect(JSON.stringify(second.report)).toContain(
      "From an earlier answer in this thread, on the same data: E2, E3,",
    );
    expectProtocol({ ...second, evidence: second.evidence });
    expectReceipts(second);
  });

  it("leaves a feature out, and asks the whole question anew without it", async () => {
    const told = await lastOf([REPORT, "and without search?"]);
    expect(ran(told)).toEqual(whole);
    expect(understood(told)).toMatchObject({
      intent: "analysis",
      filters: { notFeature: ["search"] },
      follows: { how: "changed" },
    });
    expect(said(told)).toMatch(/^144 \[E18\] calls cost \$4\.80 \[E18\]/);
    expectReceipts(told);
  });

  it("changes time, model, metric and dimension one after the other, and keeps the rest", async () => {
    const told = await converse([
      "What did gpt-4o cost in the past week?",
      "what about gpt-4o-mini?",
      "only yesterday",
      "and how many tokens?",
      "by feature?",
    ]);
    expect(told.map(ran)).toEqual(told.map(() => ["triage", "data", "supervisor"]));
    const texts = told.map(said);
    expect(texts[0]).toMatch(/^gpt-4o cost \$1\.24 \[E2\] for 175 \[E2\] calls/);
    expect(texts[1]).toMatch(
      /^gpt-4o-mini cost \$0\.0699 \[E4\] for 169 \[E4\] calls, from 2026-03-09 23:01/,
    );
    expect(texts[2]).toMatch(/^gpt-4o-mini cost \$0\.0102 \[E6\] for 24 \[E6\] calls/);
    expect(texts[3]).toMatch(/^gpt-4o-mini read 54,516 \[E8\] input tokens and wrote 3,360/);
    expect(understood(told.at(-1) as Told)).toMatchObject({
      by: "feature",
      metric: "tokens",
      filters: { model: ["gpt-4o-mini"] },
    });
    for (const one of told) expectReceipts(one);
  });

  it("repeats no query for a question of which everything is known", async () => {
    const told = await lastOf(["Which feature costs most?", "and which feature costs most?"]);
    expect(ran(told)).toEqual(["triage", "supervisor"]);
    expect(said(told)).toMatch(
      /^support-chat costs the most: \$4\.80 \[E2\]; then search with \$2\.87 \[E2\]\..*from an earlier answer/,
    );
  });

  it("after a why goes on from the question before it, not from its longer time", async () => {
    const told = await lastOf([
      "What did gpt-4o cost in the past week?",
      "why?",
      "and gpt-4o-mini?",
    ]);
    expect(said(told)).toMatch(/^gpt-4o-mini cost \$0\.0699 \[E10\] for 169/);
  });

  it("names what the log does not hold instead of what was asked before", async () => {
    const told = await lastOf([
      "What did gpt-4o cost in the past week?",
      "what about gpt-9-ultra?",
    ]);
    expect(said(told)).toContain("The log holds no calls of gpt-9-ultra");
  });

  it("takes over nothing once the dataset has changed", async () => {
    const before = storyCalls();
    const after = before.filter(({ feature }) => feature === "search");
    const scenes: Scene[] = [
      { calls: before },
      { calls: after, datasets: [{ ...datasetOf(after), version: 2 }] },
    ];
    const told = await lastOf([REPORT, "make it 30 %"], scenes);
    expect(ran(told)).toEqual(whole);
    expect(said(told)).toMatch(/\n784 \[E19\] calls cost \$2\.87 \[E19\]/);
    const why = await lastOf([REPORT, "why?"], scenes);
    expect(ran(why)).toEqual(["triage", "data", "supervisor"]);
    expectReceipts(why);
  });

  it("stands by itself where it is a question of its own, or the first", async () => {
    const told = await lastOf([
      "What did gpt-4o cost in the past week?",
      "What did search cost in total?",
    ]);
    expect(understood(told)).toMatchObject({ follows: null, filters: { feature: ["search"] } });
    expect(said(told)).toMatch(/^The feature search cost \$2\.87/);
    for (const alone of ["why?", "make it 30 %", "and without search?", "only last week"]) {
      const first = await ask(alone);
      expect(first.finished?.state).toBe("completed");
      expectReceipts(first);
    }
  });

  it("goes on behind small talk, and a thread of which nothing is left stands alone", async () => {
    const told = await lastOf([
      "What did gpt-4o cost in the past week?",
      "thanks!",
      "and gpt-4o-mini?",
    ]);
    expect(said(told)).toMatch(/^gpt-4o-mini cost \$0\.0699/);
    const forgotten = requestOf("and gpt-4o-mini?", { history: async () => [] });
    expect(
      plainText((await ask("and gpt-4o-mini?", {}, { request: forgotten })).message?.text ?? []),
    ).not.toBe("");
  });

  it("is not fooled by a history whose results it cannot read", async () => {
    const first = await ask("What did gpt-4o cost in the past week?");
    const turn = turnOf("What did gpt-4o cost in the past week?", first);
    for (const results of [{}, { triage: "junk", data: 1 }, { triage: turn.results.triage }]) {
      const request = requestOf("and gpt-4o-mini?", {
        nextEvidence: 3,
        history: async () => [{ ...turn, results }],
      });
      const told = await ask("and gpt-4o-mini?", {}, { request });
      expect(told.finished?.state).toBe("completed");
    }
  });

  it("takes over the same again when the run is resumed in the middle", async () => {
    const first = await ask(REPORT);
    const history = async () => [turnOf(REPORT, first)];
    const request = requestOf("make it 30 %", { nextEvidence: 16, history });
    const told = await ask("make it 30 %", {}, { request });
    for (const checkpoint of told.checkpoints) {
      const resumed = [];
      for await (const output of crewOf({})(
        { ...request, nextEvidence: 40, checkpoint },
        new AbortController().signal,
      )) {
        if (output.kind === "event") resumed.push(output.event);
      }
      expect(resumed.at(-1)).toMatchObject({ type: "run-finished", state: "completed" });
      expect(resumed.some((event) => event.type === "step-started" && event.agent === "data")).toBe(
        false,
      );
    }
  });
});
