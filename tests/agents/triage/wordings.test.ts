import { describe, expect, it } from "vitest";
import { withoutAsides } from "../../../party/agents/triage/asides";
import { isOtherLanguage } from "../../../party/agents/triage/language";
import { findNames, readNames } from "../../../party/agents/triage/names";
import { normalise } from "../../../party/agents/triage/normalise";
import { readTime } from "../../../party/agents/triage/ranges";
import { classifyByRules } from "../../../party/agents/triage/read-message";
import { intentSchema } from "../../../party/agents/triage/result";
import { isSmallTalk } from "../../../party/agents/triage/small-talk";
import { readTargets } from "../../../party/agents/triage/targets";
import { readWishes } from "../../../party/agents/triage/wishes";
import { MESSAGE_MAX_CHARACTERS } from "../../../party/protocol";

/** A shop's log, whose names are none of the demo's. */
const known = {
  models: ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "mistral-large"],
  features: ["product-copy", "returns-desk", "image-captions", "fraud-check"],
  providers: ["openai", "mistral"],
};
const now = Date.UTC(2026, 4, 13, 12);
const time = { now, lastCallAt: now - 60_000 };
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 10));

describe("spelling", () => {
  it.each([
    ["seventeen percent", "17 %"],
    ["two hundred and fifty dollars", "250 dollars"],
    ["three thousand calls", "3000 calls"],
    ["USD 4,200", "$4,200"],
    ["18.000 USD", "18000 usd"],
    ["2,5 s", "2.5 s"],
    ["nr. of reqs yday", "number of requests yesterday"],
    ["w/o fraud-check, thx", "without fraud-check, thx"],
    ["down by 1/4", "down by a quarter"],
  ])("%s is %s", (written, meant) => {
    expect(normalise(written)).toBe(meant);
    expect(normalise(normalise(written))).toBe(meant);
  });

  it("says what is said about the asking apart from what is asked", () => {
    expect(withoutAsides("quick q: tokens last week")).toBe("tokens last week");
    expect(withoutAsides("when you have a minute, errors by model")).toBe("errors by model");
    expect(withoutAsides("is it quick enough?")).toBe("is it quick enough?");
  });
});

describe("a telling word of a feature's name", () => {
  it.each([
    ["how slow are the captions", ["image-captions"]],
    ["fraud takes too long", ["fraud-check"]],
    ["returns and captions, cost by day", ["returns-desk", "image-captions"]],
    ["a check of our costs", []],
    ["write better copy", ["product-copy"]],
    ["please copy me on this", []],
  ])("%s names %j", (message, features) => {
    expect(readNames(message, known).feature).toEqual(features);
  });

  it("names none where two features have the word", () => {
    const two = { ...known, features: ["sales-chat", "help-chat"] };
    expect(readNames("what does the chat cost", two).feature).toEqual([]);
  });
});

describe("dates", () => {
  it.each([
    ["from 02.05. to 04.05.", "2026-05-02", "2026-05-05"],
    ["2.-4.5.2026", "2026-05-02", "2026-05-05"],
    ["on Monday, May 11", "2026-05-11", "2026-05-12"],
    ["tue the 5th of may", "2026-05-05", "2026-05-06"],
    ["since fri", "2026-05-08", null],
    ["between friday and sunday", "2026-05-08", "2026-05-11"],
    ["3 weeks ago", "2026-04-20", "2026-04-27"],
  ])("%s", (message, from, to) => {
    const { range } = readTime(message, time);
    expect([iso(range.from), iso(range.to)]).toEqual([from, to]);
  });

  it("reads no slashed date that is another day in another country, and says so", () => {
    expect(readTime("spend on 3/4", time)).toMatchObject({
      unread: true,
      range: { anchor: "none" },
    });
    expect(iso(readTime("spend from 3/4 to 3/24", time).range.from)).toBe("2026-03-04");
  });

  it("says that it did not read a day that does not exist", () => {
    expect(readTime("spend on june 31", time)).toMatchObject({ unread: true });
  });
});

const targets = (message: string) => {
  const text = normalise(message);
  return readTargets(text, findNames(text, known)).targets.map(({ target }) => [
    target.kind,
    target.value,
    target.segment,
  ]);
};

describe("bounds", () => {
  it.each([
    ["we got 6k per month for it", [["budget", 6_000, null]]],
    ["$400 a month, max", [["budget", 400, null]]],
    ["bring us down to $2.5k/month", [["budget", 2_500, null]]],
    ["Budget: 800 per month", [["budget", 800, null]]],
    ["Is our budget kept? It's 700 USD", [["budget", 700, null]]],
    ["we have a $300 bill from mistral", []],
    [
      "spend down 10 % and latency 20 %",
      [
        ["cost-cut", 10, null],
        ["speed-up", 1.25, null],
      ],
    ],
    ["speed the captions up by 40 %", [["speed-up", 1.4, "image-captions"]]],
    [
      "returns, fraud check and captions within 900 ms",
      [
        ["latency-bound", 900, "returns-desk"],
        ["latency-bound", 900, "fraud-check"],
        ["latency-bound", 900, "image-captions"],
      ],
    ],
    ["calls x5 from june, what then", [["growth", 400, null]]],
  ])("%s", (message, expected) => {
    expect(targets(message)).toEqual(expected);
  });
});

describe("what is asked", () => {
  const read = (message: string) => classifyByRules(message, known);
  it.each([
    ["my boss asks how much we paid in april", "lookup", "spend"],
    ["numbers on failed requests per provider", "lookup", "errors"],
    ["how much on mistral since may 2", "lookup", "spend"],
    ["how many tokens went into failed calls", "lookup", "tokens"],
    ["which providers are there", "lookup", "calls"],
  ])("%s is a %s of %s", (message, intent, metric) => {
    expect(read(message)).toMatchObject({ intent, metric });
  });
  it.each([
    ["anything unusual on sunday?", "analysis"],
    ["a weekly report please", "analysis"],
    ["which requests could be batched", "analysis"],
  ])("%s is an %s", (message, intent) => {
    expect(read(message).intent).toBe(intent);
  });

  it("tells models to leave from models to move to", () => {
    const wishes = (message: string) =>
      readWishes(message, known, { from: null, to: null, anchor: "none" }).candidates;
    expect(wishes("swap gpt-4o for mistral-large")).toEqual(["mistral-large"]);
    expect(wishes("move from sonnet and gpt-4o to gpt-4o-mini")).toEqual(["gpt-4o-mini"]);
  });

  it("hears small talk in more words", () => {
    for (const message of ["good work", "who built you?", "danke", "that helped, thanks"]) {
      expect(isSmallTalk(message), message).toBe(true);
    }
  });
});

describe("other languages", () => {
  it.each([
    ["Wie viel haben wir letzte Woche für mistral bezahlt?", true],
    ["Combien coûte notre modèle ?", true],
    ["¿Qué modelo es el más caro para nosotros?", true],
    ["昨日の費用はいくらですか", true],
    ["what did the el-cheapo plan cost us", false],
    ["gpt-4o 20 % $300", false],
    ["die captions cost", false],
  ])("%s: %s", (message, other) => {
    expect(isOtherLanguage(message)).toBe(other);
    if (other) expect(classifyByRules(message, known).intent).toBe("unclear");
  });
});

describe("hostile and huge messages", () => {
  const filled = (part: string) =>
    part.repeat(Math.ceil(MESSAGE_MAX_CHARACTERS / part.length)).slice(0, MESSAGE_MAX_CHARACTERS);
  it.each(
    [
      "cost ",
      "budget for this ",
      "speed up ",
      "the ",
      "a, ",
      "and ",
      "1,000",
      "$1.000 ",
      "1.1.",
      "from 1/2 to ",
      "between monday and ",
      "without gpt-4o and ",
      "captions, ",
      "(",
      '"',
      "é́",
      "‮",
      "it's ",
      "two hundred ",
      "quick ",
      "how much ",
      "please ",
      "!?",
      "last week ",
      "p95 under 3 s ",
    ].map((part) => [part]),
  )("%j until the message is full is read within the time of a test", (part) => {
    const message = filled(part);
    expect(intentSchema.safeParse(classifyByRules(message, known).intent).success).toBe(true);
    const { range } = readTime(message, time);
    expect(range.from === null || range.to === null || range.from < range.to).toBe(true);
    expect(readWishes(message, known, range).candidates.length).toBeLessThanOrEqual(1);
  });
});
