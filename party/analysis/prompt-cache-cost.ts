import type { Pico, PromptCacheRule } from "../../db/prices";
import type { Saving } from "./lever";
import type { PrefixRow } from "./source";

/** Assumed prices in whole percent of plain input. */
export interface PrefixTerms {
  readPercent: number;
  /** 100: no fee for writing. */
  writePercent: number;
}

interface Lives {
  lifetimeSeconds: number;
  hourSeconds: number;
  rule: PromptCacheRule | null;
  terms: PrefixTerms | undefined;
}

/** What a model's prompts would have cost with a prefix cache; null where it has no price for cached reads. */
export function costsOf(rows: readonly PrefixRow[], lives: Lives) {
  const priced = rows.flatMap((row) => {
    const prices = pricesOf(row, lives);
    return prices ? [{ row, prices }] : [];
  });
  if (priced.length === 0) {
    return { inputCost: null, saving: null, hour: null, naive: null, writeFee: false };
  }
  type Priced = (typeof priced)[number];
  const total = (cost: (one: Priced) => Pico) => priced.reduce((sum, one) => sum + cost(one), 0n);
  const inputCost = total(({ row, prices }) => loggedCost(row, prices));
  const withCache = (
    pick: (one: Priced) => { on: boolean; reads: number },
    write: (one: Priced) => Pico,
  ) =>
    inputCost -
    total((one) => {
      const { on, reads } = pick(one);
      if (!on) return loggedCost(one.row, one.prices);
      return BigInt(reads) * one.prices.read + BigInt(one.row.inputTokens - reads) * write(one);
    });
  const replay =
    (index: number) =>
    ({ row }: Priced) => ({
      on: row.cacheable,
      reads: row.replays[index]?.readTokens ?? 0,
    });
  const cautious = ({ row }: Priced) => ({
    on: row.cautiouslyCacheable,
    reads: row.replays[0]?.cautiousReadTokens ?? 0,
  });
  const plainWrite = ({ prices }: Priced) => prices.write;
  const sellsHour = lives.rule?.lifetimes.find(({ seconds }) => seconds === lives.hourSeconds);
  const saving: Saving = {
    low: withCache(cautious, plainWrite),
    saving: withCache(replay(0), plainWrite),
    high: withCache(replay(2), plainWrite),
  };
  return {
    inputCost,
    saving,
    /** With entries of an hour at the provider's price for them; null where it sells none. */
    hour: sellsHour
      ? withCache(replay(1), ({ prices }) => (prices.input * BigInt(sellsHour.writePercent)) / 100n)
      : null,
    naive: inputCost - total(({ row, prices }) => BigInt(row.inputTokens) * prices.read),
    writeFee: priced.some(({ prices }) => prices.write !== prices.input),
  };
}

interface Prices {
  input: Pico;
  read: Pico;
  write: Pico;
  /** What the log's own cached reads and writes were billed at. */
  loggedRead: Pico;
  loggedWrite: Pico;
}

function pricesOf({ prices }: PrefixRow, { lifetimeSeconds, rule, terms }: Lives): Prices | null {
  if (prices.input === null) return null;
  const input = BigInt(prices.input);
  const loggedRead = BigInt(prices.cacheRead ?? prices.input);
  const loggedWrite = BigInt(prices.cacheWrite ?? prices.input);
  if (terms) {
    const percent = (part: number) => (input * BigInt(part)) / 100n;
    return {
      input,
      read: percent(terms.readPercent),
      write: percent(terms.writePercent),
      loggedRead,
      loggedWrite,
    };
  }
  if (prices.cacheRead === null) return null;
  // The catalogue's write price is that of the shortest lifetime; a longer one has the rule's.
  const own = rule?.lifetimes.slice(1).find(({ seconds }) => seconds === lifetimeSeconds);
  const write = own ? (input * BigInt(own.writePercent)) / 100n : loggedWrite;
  return { input, read: loggedRead, write, loggedRead, loggedWrite };
}

function loggedCost(row: PrefixRow, { input, loggedRead, loggedWrite }: Prices): Pico {
  const fresh = row.inputTokens - row.cacheReadTokens - row.cacheWriteTokens;
  return (
    BigInt(fresh) * input +
    BigInt(row.cacheReadTokens) * loggedRead +
    BigInt(row.cacheWriteTokens) * loggedWrite
  );
}
