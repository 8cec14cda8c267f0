import type { Call } from "../clickhouse/call";
import { formatUsd, type Pico, priceCall } from "../prices";
import { DAY_MS } from "./calendar";
import { Chance, hexId } from "./random";

/** Traffic of one feature: how many calls a day, and how large. */
export interface PlantedTraffic {
  feature: string;
  provider: string;
  model: string;
  callsPerDay: number;
  /** Growth per day as a share of the first day's calls. */
  trend: number;
  /** Deviation of the logarithm of a shock that all calls of a day share in their size. */
  dayShock: number;
  /** How much of a day's shock is left on the next, 0 to under 1. */
  persistence: number;
  inputTokens: number;
  outputTokens: number;
}

export interface PlantedDays {
  seed: number;
  /** UTC midnight, Unix ms. */
  start: number;
  days: number;
}

/** From Sunday. */
const WEEK = [0.5, 1, 1.05, 1.04, 1, 0.94, 0.55];
const TOKEN_SPREAD = 0.6;

/** Shocks of each day, the same for all features that name the same `stream`; each has a mean of one. */
export function dayShocks(
  { seed, days }: PlantedDays,
  { dayShock, persistence }: Pick<PlantedTraffic, "dayShock" | "persistence">,
  stream: number,
): number[] {
  const chance = new Chance(seed, stream, 77);
  const fresh = Math.sqrt(1 - persistence * persistence);
  let state = normal(chance);
  return Array.from({ length: days }, (_, day) => {
    if (day > 0) state = persistence * state + fresh * normal(chance);
    return Math.exp(dayShock * state - (dayShock * dayShock) / 2);
  });
}

/** Calls of one feature, day by day; `shocks` multiply the tokens of a day. Ids are the seed's, feature's and place's. */
export function* plantedCalls(
  days: PlantedDays,
  traffic: PlantedTraffic,
  shocks: readonly number[],
): Generator<Call, void, void> {
  const chance = new Chance(days.seed, hashOf(traffic.feature), 5);
  let number = 0;
  for (let day = 0; day < days.days; day += 1) {
    const dayStart = days.start + day * DAY_MS;
    const weekday = new Date(dayStart).getUTCDay();
    const expected = traffic.callsPerDay * (WEEK[weekday] ?? 1) * (1 + traffic.trend * day);
    const calls = Math.max(0, Math.round(expected + Math.sqrt(expected) * normal(chance)));
    const shock = shocks[day] ?? 1;
    for (let call = 0; call < calls; call += 1) {
      number += 1;
      yield plantedCall({
        id: `planted-${days.seed}-${traffic.feature}-${number}`,
        time: dayStart + Math.floor((call / calls) * DAY_MS),
        provider: traffic.provider,
        model: traffic.model,
        feature: traffic.feature,
        inputTokens: Math.max(
          1,
          Math.round(chance.around(traffic.inputTokens * shock, TOKEN_SPREAD)),
        ),
        outputTokens: Math.max(
          1,
          Math.round(chance.around(traffic.outputTokens * shock, TOKEN_SPREAD)),
        ),
        promptHash: hexId(days.seed, hashOf(traffic.feature), number),
      });
    }
  }
}

/** A call with nothing special about it but what is said. */
export function plantedCall(
  said: Pick<
    Call,
    "id" | "time" | "provider" | "model" | "feature" | "inputTokens" | "outputTokens"
  > &
    Partial<Call>,
): Call {
  return {
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    latencyMs: 900,
    ttftMs: 250,
    status: "ok",
    errorCode: "",
    retry: 0,
    user: "planted",
    session: "",
    promptHash: "",
    prefixBlocks: [],
    blockTokens: 0,
    quality: null,
    tags: {},
    ...said,
  };
}

/** What calls cost by the catalogue, exact; all of them must have a price. */
export function costOf(calls: Iterable<Call>): Pico {
  let total = 0n;
  for (const call of calls) {
    const price = priceCall(call);
    if (!price.priced) throw new Error(`${call.provider}/${call.model} has no price`);
    total += price.cost;
  }
  return total;
}

export function usdOf(calls: Iterable<Call>): string {
  return formatUsd(costOf(calls));
}

/** A draw of the standard normal distribution. */
export function normal(chance: Chance): number {
  return Math.log(chance.around(1, 1));
}

function hashOf(text: string): number {
  return [...text].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7);
}
