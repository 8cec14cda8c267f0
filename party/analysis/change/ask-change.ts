import type { QueryRow } from "../../../db/call-query";
import { type Pico, parseUsd } from "../../../db/prices";
import type { Answer, CallSource, Period, Scope } from "../source";
import type { PeriodUse, SegmentUse } from "./decompose";

/** Segments looked at one by one; the rest counts as one sum. */
const MOST_SEGMENTS = 2_000;

const useMeasures = [
  "calls",
  "spend",
  "fresh_input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "fresh_input_cost",
  "cache_read_cost",
  "cache_write_cost",
  "output_cost",
] as const;
type UseRow = QueryRow<(typeof useMeasures)[number]>;

interface PricedUse extends PeriodUse {
  /** Of all priced calls. */
  cost: Pico;
  /** Whether there are calls and none of them has a known price. */
  isUnpriced: boolean;
}

/** What the decomposition of a change needs of two periods, in one question. */
export async function askUse(
  source: CallSource,
  scope: Scope,
  { current, previous }: { current: Period; previous: Period },
  signal?: AbortSignal,
): Promise<{ answer: Answer<UseRow>; current: PricedUse; previous: PricedUse }> {
  const answer = await source.query(
    scope,
    {
      measures: useMeasures,
      dimensions: ["feature", "model", "status", "priced"],
      range: current,
      compareWith: previous,
      limit: MOST_SEGMENTS,
      rest: "others",
    },
    signal,
  );
  const of = (period: UseRow["period"]) =>
    periodUse(answer.rows.filter((row) => row.period === period));
  return { answer, current: of("current"), previous: of("previous") };
}

function periodUse(rows: readonly UseRow[]): PricedUse {
  const listed = rows.filter(({ others }) => !others);
  const is = (status: string, priced: string) => (row: UseRow) =>
    row.segment[2] === status && row.segment[3] === priced;
  return {
    segments: listed.filter(is("ok", "priced")).map(segmentUse),
    failed: counted(listed.filter(is("error", "priced"))),
    unpricedCalls: callsOf(listed.filter(({ segment }) => segment[3] === "unpriced")),
    unlisted: counted(rows.filter(({ others }) => others)),
    cost: counted(rows).cost,
    isUnpriced: rows.length > 0 && rows.every(({ values }) => values.spend === null),
  };
}

function segmentUse({ segment: [feature = "", model = ""], values }: UseRow): SegmentUse {
  return {
    feature,
    model,
    calls: BigInt(values.calls),
    freshTokens: BigInt(values.fresh_input_tokens),
    readTokens: BigInt(values.cache_read_tokens),
    writeTokens: BigInt(values.cache_write_tokens),
    outputTokens: BigInt(values.output_tokens),
    freshCost: pico(values.fresh_input_cost),
    readCost: pico(values.cache_read_cost),
    writeCost: pico(values.cache_write_cost),
    outputCost: pico(values.output_cost),
  };
}

function counted(rows: readonly UseRow[]) {
  return {
    calls: callsOf(rows),
    cost: rows.reduce((sum, { values }) => sum + pico(values.spend), 0n),
  };
}

function callsOf(rows: readonly UseRow[]): bigint {
  return rows.reduce((sum, { values }) => sum + BigInt(values.calls), 0n);
}

/** Only sums over priced calls are asked for, but for the row of the others, whose unpriced calls cost nothing known. */
function pico(usd: string | null): bigint {
  return usd === null ? 0n : parseUsd(usd);
}
