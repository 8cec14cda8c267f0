import { z } from "zod";
import {
  type CallQuery,
  type CheckedCallQuery,
  checkCallQuery,
  type Measure,
  type MeasureKind,
  measureKinds,
  type QueryRow,
} from "../../call-query";
import { formatUsd } from "../../prices";
import type { CallOptions, ClickHouse } from "../client";
import { ask } from "../queries/ask";
import { count, flag, measure as float, money } from "../rows";
import type { Answer, Scope } from "../scope";
import { compileQuery } from "./compile";

/**
 * Answers a question over the calls of a scope. Throws InvalidCallQuery for one that cannot be asked,
 * the client's errors (among them the limit that a question went over), or the signal's reason, upon
 * which the server stops at once. Without dimensions, grain and comparison there is one row, also when
 * there are no calls; otherwise segments and times without calls have none.
 */
export async function queryCalls<const M extends Measure>(
  clickhouse: ClickHouse,
  scope: Scope,
  question: CallQuery<M>,
  options: CallOptions = {},
): Promise<Answer<QueryRow<M>>> {
  const query = checkCallQuery(question);
  const answer = await ask(
    clickhouse.tagged({ workspace: scope.workspaceId }),
    {
      name: `query ${query.dimensions.map((name) => name.split(":")[0]).join(", ") || "all"}`,
      ...compileQuery(scope, query),
      limits: { rowsToRead: 1_000_000_000 },
    },
    rowSchema(query),
    options,
  );
  // The schema was made of the question's own measures.
  return answer as Answer<QueryRow<M>>;
}

/** Amounts of whole pico-dollars as text. */
const pico = z
  .string()
  .regex(/^-?\d+$/)
  .transform((text) => formatUsd(BigInt(text)))
  .nullable();
/** Interpolation leaves digits that nobody measured; three places of a millisecond are kept. */
const percentile = float.transform((ms) => (ms === null ? null : Math.round(ms * 1000) / 1000));

const columnSchemas: Record<MeasureKind, z.ZodType> = {
  count,
  money,
  duration: percentile,
  ratio: float,
  rate: float,
  score: float,
  instant: float,
};

/** Money that is computed from pico-dollars and sent so; the rest is sent as decimals. */
const sentInPico: ReadonlySet<Measure> = new Set([
  "cost_per_call",
  "cost_per_1k_tokens",
  "fresh_input_cost",
  "cache_read_cost",
  "cache_write_cost",
  "output_cost",
] as const);

function columnSchema(measure: Measure): z.ZodType {
  if (sentInPico.has(measure)) return pico;
  if (measure.endsWith("_mean")) return float;
  return columnSchemas[measureKinds[measure]];
}

function rowSchema({ dimensions, measures }: CheckedCallQuery): z.ZodType<QueryRow> {
  const row = z.object({
    period: z.enum(["current", "previous"]),
    at: float,
    others: flag,
    segments: count,
    ...Object.fromEntries(dimensions.map((_, index) => [`s${index}`, z.string()])),
    ...Object.fromEntries(measures.map((measure) => [`m_${measure}`, columnSchema(measure)])),
  });
  return row.transform((found: Record<string, unknown>) => ({
    period: found.period,
    at: found.at,
    segment: dimensions.map((_, index) => found[`s${index}`]),
    others: found.others,
    segments: found.segments,
    values: Object.fromEntries(measures.map((measure) => [measure, found[`m_${measure}`]])),
  })) as unknown as z.ZodType<QueryRow>;
}
