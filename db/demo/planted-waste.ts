import type { Call } from "../clickhouse/call";
import { DAY_MS, HOUR_MS } from "./calendar";
import { type PlantedDays, plantedCall, usdOf } from "./planted-traffic";
import { Chance, hexId, wideId } from "./random";

/** How much of each waste is planted; each lies in a feature of its own, so that amounts do not mix. */
export interface WastePlan extends PlantedDays {
  /** Different prompts, and repeats of each, an hour apart. */
  duplicates: { prompts: number; repeats: number };
  /** Requests within an hour, and failed, billed attempts of each before the one that succeeds. */
  retryStorm: { requests: number; failures: number };
  /** Calls before and after the day on which a changing line came first in the prompt; blocks that all share. */
  brokenPrefix: { before: number; after: number; sharedBlocks: number };
  /** Judged prompts that a large model answers, a part of which a small one answered too. */
  oversized: { prompts: number; alsoSmall: number };
  /** Calls of the same tokens on the days before and after the catalogue's price of o3 fell (10 June 2025). */
  priceChange: { before: number; after: number };
  /** Calls of the same tokens on two days, of which `dear` are on the dear model; on the second day `moved` more. */
  mixShift: { calls: number; dear: number; moved: number };
}

/** What was planted. Money is exact decimal text in USD. */
export interface PlantedWaste {
  duplicates: { feature: string; repeats: number; costUsd: string };
  retryStorm: { feature: string; errors: number; repeatedErrors: number; repeatedCostUsd: string };
  brokenPrefix: { feature: string; reusedTokens: number; lostTokens: number };
  oversized: { feature: string; costUsd: string; smallCostUsd: string; savingCalls: number };
  priceChange: { feature: string; at: number; beforeUsd: string; afterUsd: string };
  mixShift: { feature: string; at: number; beforeUsd: string; afterUsd: string };
}

const GPT_4O = { provider: "openai", model: "gpt-4o" };
const GPT_4O_MINI = { provider: "openai", model: "gpt-4o-mini" };
const BLOCK = 512;
/** When o3 went from $10 and $40 to $2 and $8 per million tokens. */
const O3_PRICE_CUT = Date.UTC(2025, 5, 10);

/** Calls in order of time with the plan's waste in them, and nothing else wasted. */
export function plantWaste(plan: WastePlan): { calls: Call[]; planted: PlantedWaste } {
  const parts = {
    duplicates: duplicates(plan),
    retryStorm: retryStorm(plan),
    brokenPrefix: brokenPrefix(plan),
    oversized: oversized(plan),
    priceChange: priceChange(plan),
    mixShift: mixShift(plan),
  };
  const calls = Object.values(parts).flatMap((part) => part.calls);
  calls.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  return {
    calls,
    planted: {
      duplicates: parts.duplicates.planted,
      retryStorm: parts.retryStorm.planted,
      brokenPrefix: parts.brokenPrefix.planted,
      oversized: parts.oversized.planted,
      priceChange: parts.priceChange.planted,
      mixShift: parts.mixShift.planted,
    },
  };
}

/** A maker of calls of a feature, numbered, with sizes of their own. */
function maker(seed: number, place: number, feature: string) {
  const chance = new Chance(seed, place, 13);
  let number = 0;
  return {
    chance,
    call: (said: { time: number; provider: string; model: string } & Partial<Call>): Call => {
      number += 1;
      return plantedCall({
        id: `waste-${seed}-${feature}-${String(number).padStart(6, "0")}`,
        feature,
        inputTokens: 200 + chance.below(4_000),
        outputTokens: 20 + chance.below(600),
        promptHash: hexId(seed, place, number),
        ...said,
      });
    },
  };
}

function duplicates({ seed, start, duplicates: { prompts, repeats } }: WastePlan) {
  const feature = "faq";
  const make = maker(seed, 1, feature);
  const calls: Call[] = [];
  const again: Call[] = [];
  for (let prompt = 0; prompt < prompts; prompt += 1) {
    const first = make.call({ ...GPT_4O, time: start + make.chance.below(DAY_MS) });
    calls.push(first);
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      const { promptHash, inputTokens } = first;
      again.push(
        make.call({ ...GPT_4O, time: first.time + repeat * HOUR_MS, promptHash, inputTokens }),
      );
    }
  }
  return {
    calls: [...calls, ...again],
    planted: { feature, repeats: again.length, costUsd: usdOf(again) },
  };
}

function retryStorm({ seed, start, retryStorm: { requests, failures } }: WastePlan) {
  const feature = "import";
  const make = maker(seed, 2, feature);
  const calls: Call[] = [];
  for (let request = 0; request < requests; request += 1) {
    const time = start + make.chance.below(HOUR_MS);
    const asked = make.call({ ...GPT_4O, time, retry: failures });
    calls.push({ ...asked, time: time + failures * 2_000 });
    for (let retry = 0; retry < failures; retry += 1) {
      const failed = make.call({ ...GPT_4O, time: time + retry * 2_000, retry });
      const { promptHash, inputTokens } = asked;
      calls.push({ ...failed, promptHash, inputTokens, status: "error", errorCode: "timeout" });
    }
  }
  const errors = calls.filter(({ status }) => status === "error");
  const repeated = errors.filter(({ retry }) => retry > 0);
  return {
    calls,
    planted: {
      feature,
      errors: errors.length,
      repeatedErrors: repeated.length,
      repeatedCostUsd: usdOf(repeated),
    },
  };
}

function brokenPrefix({ seed, start, brokenPrefix: { before, after, sharedBlocks } }: WastePlan) {
  const feature = "agent";
  const make = maker(seed, 3, feature);
  const shared = Array.from({ length: sharedBlocks }, (_, block) => wideId(seed, 3, block));
  const calls = Array.from({ length: before + after }, (_, place) => {
    const own = wideId(seed, 4, place);
    return make.call({
      ...GPT_4O,
      time: start + place * 60_000,
      inputTokens: (sharedBlocks + 1) * BLOCK,
      blockTokens: BLOCK,
      prefixBlocks: place < before ? [...shared, own] : [own, ...shared],
    });
  });
  return {
    calls,
    planted: {
      feature,
      reusedTokens: Math.max(0, before - 1) * sharedBlocks * BLOCK,
      lostTokens: after * sharedBlocks * BLOCK,
    },
  };
}

function oversized({ seed, start, oversized: { prompts, alsoSmall } }: WastePlan) {
  const feature = "triage";
  const make = maker(seed, 5, feature);
  const large: Call[] = [];
  const small: Call[] = [];
  for (let prompt = 0; prompt < prompts; prompt += 1) {
    // Both are right on the same prompts: the large model's price buys nothing.
    const quality = make.chance.happens(0.9) ? 1 : 0;
    const call = make.call({ ...GPT_4O, time: start + prompt * 30_000, quality });
    large.push(call);
    if (prompt < alsoSmall) {
      const { promptHash, inputTokens, outputTokens } = call;
      small.push(
        make.call({
          ...GPT_4O_MINI,
          time: call.time + 1_000,
          quality,
          promptHash,
          inputTokens,
          outputTokens,
        }),
      );
    }
  }
  return {
    calls: [...large, ...small],
    planted: {
      feature,
      costUsd: usdOf(large),
      smallCostUsd: usdOf(large.map((call) => ({ ...call, ...GPT_4O_MINI }))),
      savingCalls: large.length,
    },
  };
}

/** The days before and from a moment on, with calls of the same size spread over each; the last is the day's last moment. */
function twoDays(
  make: ReturnType<typeof maker>,
  at: number,
  [before, after]: [number, number],
  modelOf: (isLater: boolean, place: number) => { provider: string; model: string },
) {
  const day = (from: number, count: number, isLater: boolean) =>
    Array.from({ length: count }, (_, place) =>
      make.call({
        ...modelOf(isLater, place),
        time: from + Math.floor(((isLater ? place + 1 : place) / count) * DAY_MS) - Number(isLater),
        inputTokens: 1_000,
        outputTokens: 500,
      }),
    );
  const [earlier, later] = [day(at - DAY_MS, before, false), day(at, after, true)];
  return {
    calls: [...earlier, ...later],
    planted: { at, beforeUsd: usdOf(earlier), afterUsd: usdOf(later) },
  };
}

function priceChange({ seed, priceChange: { before, after } }: WastePlan) {
  const feature = "reasoning";
  const o3 = { provider: "openai", model: "o3" };
  const made = twoDays(maker(seed, 6, feature), O3_PRICE_CUT, [before, after], () => o3);
  return { calls: made.calls, planted: { feature, ...made.planted } };
}

function mixShift({ seed, start, days, mixShift: { calls, dear, moved } }: WastePlan) {
  const feature = "writer";
  const at = start + Math.floor(days / 2) * DAY_MS;
  const made = twoDays(maker(seed, 7, feature), at, [calls, calls], (isLater, place) =>
    place < (isLater ? dear + moved : dear) ? GPT_4O : GPT_4O_MINI,
  );
  return { calls: made.calls, planted: { feature, ...made.planted } };
}
