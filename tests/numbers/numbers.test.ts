import { describe, expect, it } from "vitest";
import { checkNumbers } from "../../party/analysis/numbers";
import { extractFigures } from "../../party/analysis/numbers-extract";
import { SentenceSplitter } from "../../party/analysis/numbers-sentences";
import { plainText } from "../../party/protocol";
import { evidence, names, value } from "./evidence";

const check = (text: string) => checkNumbers(text, evidence, { names });

describe("figures that the evidence holds", () => {
  it.each([
    ["The log holds 19,366 calls.", "calls"],
    ["The log holds 19366 requests.", "calls"],
    ["About 19,000 calls were logged.", "calls"],
    ["Roughly 19k calls were logged.", "calls"],
    ["Over 19,000 calls were logged.", "calls"],
    ["Nearly 20,000 calls were logged.", "calls"],
    ["Input was 22.4 million tokens.", "input_tokens"],
    ["Input was 22.4M tokens.", "input_tokens"],
    ["Input was 22,361,870 tokens.", "input_tokens"],
    ["It wrote 4.09 M tokens.", "output_tokens"],
    ["Spend was $96.79.", "cost"],
    ["Spend was $96.8 in all.", "cost"],
    ["Spend was 96.79 USD.", "cost"],
    ["Spend was US$97.", "cost"],
    ["Spend was $96.791325 exactly.", "cost"],
    ["More than $96 was spent.", "cost"],
    ["0.42 % of calls failed.", "error_rate"],
    ["Error rate: 0.4%.", "error_rate"],
    ["The cost fell by 12.3 %.", "cost_change"],
    ["The cost changed by -12.34%.", "cost_change"],
    ["Calls rose by 8.1 percent.", "calls_change"],
    ["A prefix cache would serve 37.36 % of input.", "hit_share"],
    ["It is 2.5x as expensive.", "factor"],
    ["It is 2.5 times as expensive.", "factor"],
    ["Entries live for 300 s.", "lifetime"],
    ["Entries live for 5 minutes.", "lifetime"],
    ["Entries have a 300-second lifetime.", "lifetime"],
    ["Five minutes is the lifetime.", "lifetime"],
    ["gpt-4o cost $80.25.", "cost"],
    ["The p95 of gpt-4o is 1.84 s.", "p95"],
    ["The p95 of gpt-4o is 1,840 ms.", "p95"],
    ["The p95 of gpt-4o-mini is 420 ms.", "p95"],
  ])("%s", (text, key) => {
    const checked = check(text);
    expect(checked.unmatched).toEqual([]);
    const figures = checked.text.filter((part) => typeof part !== "string");
    expect(figures.map((figure) => figure.key)).toContain(key);
    expect(plainText(checked.text)).toBe(text);
  });

  it("takes the segment that the sentence names", () => {
    const [figure] = check("gpt-4o-mini cost $16.54.").text.filter((p) => typeof p !== "string");
    expect(figure).toMatchObject({ evidence: "E2", segment: "gpt-4o-mini", key: "cost" });
  });

  it("turns citations into receipts and drops them from the text", () => {
    const checked = check("Spend was $96.79 [E1] for 19,366 calls [E1].");
    expect(plainText(checked.text)).toBe("Spend was $96.79 for 19,366 calls.");
    expect(checked.recited).toBe(0);
  });

  it("mends a citation of the wrong evidence", () => {
    const checked = check("Spend was $96.79 [E3].");
    expect(checked.recited).toBe(1);
    expect(checked.text).toContainEqual({
      evidence: "E1",
      segment: null,
      key: "cost",
      text: "$96.79",
    });
  });
});

describe("figures that no evidence holds", () => {
  it.each([
    ["Spend was $97.50."],
    ["Spend was $96.78."],
    ["Spend was 96.79 %."],
    ["The log holds 96.79 calls."],
    ["The log holds 19,367 calls."],
    ["Roughly 25k calls were logged."],
    ["The log holds 19,366 tokens."],
    ["Over 20,000 calls were logged."],
    ["Under 19,000 calls were logged."],
    ["Input was 22.4 billion tokens."],
    ["Input was 22.3 million tokens."],
    ["Error rate: 0 %."],
    ["The cost rose by 12.3 %."],
    ["Calls fell by 8.1 percent."],
    ["The p95 of gpt-4o is 1.84 ms."],
    ["The p95 of gpt-4o-mini is 1.84 s."],
    ["The largest costs $80.25."],
    ["You could save forty percent."],
    ["You could save half of it."],
    ["Costs doubled."],
    ["Entries live for ten minutes."],
    ["Spend was $96.79 per 1,000 calls."],
    ["It saves €50 a day."],
    ["Saves 50 dollars."],
    ["That is 3/4 of all."],
    ["It takes 2-3 seconds."],
    ["Spend was $.50."],
    ["Spend was 9.7e1 USD."],
    ["It costs $500/month."],
    ["It costs $12.50/call today."],
    ["Latency lies at 500-800ms."],
    ["Latency lies at 3.2s-4.1s."],
    ["You save $1.5M/yr."],
    ["You save $40k/mo, or ~$40ish."],
    ["USD500 was spent."],
    ["500USD was spent, 96dollars of it in vain."],
    ["It took 300msec."],
    ["It took 12hrs and 45secs."],
    ["The p95 is 1,234ms/call."],
    ["It is 40pct cheaper."],
    ["In May 30 % of the calls failed."],
    ["It began with 2000 dollars, of 2000 errors."],
    ["It was 5 % slower on 5%."],
    ["Costs halved."],
    ["A fifth of them failed, one in five of all."],
    ["Thousands of calls failed."],
    ["It rose tenfold, by a factor of three."],
    ["Spend was ５００ dollars, or ½ of it."],
    ["Seven users make most of them."],
  ])("%s", (text) => {
    expect(check(text).unmatched.length).toBeGreaterThan(0);
  });
});

describe("names of the log", () => {
  it("hide no figure that only holds the same letters", () => {
    const odd = ["5%", "s1", "96", "0 d"];
    expect(checkNumbers("It saves 45% in s100.", evidence, { names: odd }).unmatched).toEqual([
      "45%",
    ]);
    expect(checkNumbers("Spend was 500 dollars.", evidence, { names: odd }).unmatched).toEqual([
      "500 dollars",
    ]);
  });
});

describe("what is no figure", () => {
  it.each([
    ["gpt-4o and gpt-4o-mini are used, and claude-3-5-sonnet."],
    ["The p95, p99 and p99.9 are in E7."],
    ["On 2023-11-16 the log began at 18:15 UTC."],
    ["It covers 16 November 2023 to Nov 17, 2023."],
    ["In 2023 there was little."],
    ["See https://example.com/12345/67."],
    ["Version 2.0.1 and v3 differ."],
    ["The dataset mooncake 2024 v2 has no latency."],
    ["An H100 runs llama-3.1-70b all day, 24/7."],
    ["1. First things first."],
    ["The three largest features are named in one table."],
    ["A 8x7b model, gpt-3.5-turbo and a 5xx error of us-east-1."],
    ["In May 2024 and on May 5 there was none."],
  ])("%s", (text) => {
    expect(extractFigures(text, names)).toEqual([]);
  });
});

describe("the sentence splitter", () => {
  it("releases a sentence only when it is certain to have ended", () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push("Spend was $96")).toEqual([]);
    expect(splitter.push(".")).toEqual([]);
    expect(splitter.push("79 in all. The")).toEqual(["Spend was $96.79 in all. "]);
    expect(splitter.push(" rest, e.g. retries, is small.\n- Next")).toEqual(
      [" rest, e.g. retries, is small.\n".trimStart()].map((text) => `The ${text}`),
    );
    expect(splitter.end()).toBe("- Next");
    expect(splitter.end()).toBe("");
  });

  it("keeps a citation after the full stop with its sentence", () => {
    const splitter = new SentenceSplitter();
    expect(splitter.push("It cost $5. [E")).toEqual([]);
    expect(splitter.push("2] Then")).toEqual(["It cost $5. [E2] "]);
  });

  it("gives the same sentences however the text is cut", () => {
    const text =
      "Spend was $96.79 [E1]. It fell by 12.3 %, i.e. a lot. Is 1.5 s slow? Yes!\n\n1. First point. 2. Second.\nEnd";
    const whole = new SentenceSplitter();
    const expected = [...whole.push(text), whole.end()].filter((one) => one !== "");
    for (let size = 1; size < 9; size += 1) {
      const splitter = new SentenceSplitter();
      const sentences: string[] = [];
      for (let at = 0; at < text.length; at += size) {
        sentences.push(...splitter.push(text.slice(at, at + size)));
      }
      const last = splitter.end();
      if (last !== "") sentences.push(last);
      expect(sentences.join("")).toBe(text);
      expect(sentences).toEqual(expected);
    }
  });
});

describe("what the lying model of tests/agents found", () => {
  it.each([
    "The log holds 19 trillion calls.",
    "It is 2.5 trillion times as expensive.",
    "Spend was $96.79 trillion.",
  ])("%s", (text) => expect(check(text).unmatched).not.toEqual([]));

  it("a figure of a part is none of the whole in which the part is named", () => {
    const parts = [
      {
        label: "E1",
        values: [
          { segment: "chat", key: "cost", label: "Cost", unit: "USD" as const, value: "10.00" },
          {
            ...{ segment: "chat · openai/o3 → openai/o4", key: "saving", label: "Saving" },
            ...{ unit: "USD" as const, value: "3.00" },
          },
        ],
      },
    ];
    const unmatched = (text: string) => checkNumbers(text, parts).unmatched;
    expect(unmatched("chat · openai/o3 → openai/o4 saves $10.00.")).toEqual(["$10.00"]);
    expect(unmatched("chat · openai/o3 → openai/o4 saves $3.00.")).toEqual([]);
    const total = {
      segment: null,
      key: "cost",
      label: "Cost",
      unit: "USD" as const,
      value: "7.00",
    };
    const whole = [...parts, { label: "E2", values: [total] }];
    expect(checkNumbers("chat costs $7.00 [E1].", whole).unmatched).toEqual(["$7.00"]);
    expect(checkNumbers("Of the $7.00 [E2] chat takes most.", whole).unmatched).toEqual([]);
    expect(unmatched("chat · openai/o3 → openai/o4 saves $3.00 of the $10.00 of chat.")).toEqual(
      [],
    );
  });
});

describe("names of values", () => {
  const values = [
    value("calls", "calls", "16", null, "calls"),
    value("p50", "ms", "900", null, "p50 latency"),
    value("p95", "ms", "7290", null, "p95 latency"),
    value("cost", "USD", "0.04", null, "cost"),
    value("change", "percent", "-12", null, "change of cost"),
    value("saving", "USD", "0", null, "saving"),
    value("truncated", "calls", "3", "chat", "answers cut"),
    value("cap", "tokens", "700", "chat", "longest answer"),
    value("cap", "tokens", "900", "search", "longest answer"),
    value("week", "USD", "0", "chat", "cost of the last 7 days"),
    value("saving", "USD", "1", "chat · gpt-4.1", "saving"),
  ];
  const unmatched = (text: string) => checkNumbers(text, [{ label: "E1", values }]).unmatched;

  it.each([
    ["It has 16 as p50 latency.", "16"],
    ["The answers cut of chat is $0 [E1].", "$0"],
    ["As p50 latency it has $0.00.", "$0.00"],
    ["It has 7.29 s as p50 latency.", "7.29 s"],
    ["The p50 latency of all calls is 7.29 s [E1].", "7.29 s"],
    ["It has $0.04 [E1] as its p95 latency.", "$0.04"],
    ["The answers cut of chat · gpt-4.1 is $1 [E1].", "$1"],
    ["The cost of the last 8 days of chat is $0.", "8 days"],
  ])("keep a figure of another value out: %s", (text, wrong) =>
    expect(unmatched(text)).toContain(wrong),
  );

  it.each([
    ["Of 16 calls none would have saved more than $0."],
    ["The answers cut of chat are 3."],
    ["The cost of the last 7 days of chat is $0."],
    ["The longest answer of chat is 700."],
    ["The p95 latency of all 16 calls was 7.29 s, and the p50 latency 900 ms."],
    ["The cost of it fell by 12 %, to $0.04."],
    ["No dollar is counted twice."],
  ])("are no figures and no claims: %s", (text) => expect(unmatched(text)).toEqual([]));
});
