import type { CallQuery, Measure, MeasureValues, QueryRow } from "../../db/call-query";
import type {
  Answer,
  CallSource,
  Dimension,
  Grain,
  Measures,
  Percentiles,
  Period,
  PeriodRow,
  Ranking,
  Scope,
  SegmentRow,
  TimelineRow,
} from "./source";

/** What a profile says of any set of calls. */
const profileMeasures = [
  "calls",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "spend",
  "priced_calls",
  "unpriced_calls",
  "errors",
  "error_cost",
  "retries",
  "latency_calls",
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "ttft_calls",
  "ttft_p50",
  "ttft_p95",
  "ttft_p99",
  "first_at",
  "last_at",
] as const satisfies readonly Measure[];
type ProfileMeasure = (typeof profileMeasures)[number];

const rankedBy: Record<Ranking, Measure> = {
  cost: "spend",
  calls: "calls",
  input_tokens: "input_tokens",
  errors: "errors",
  p95_latency: "latency_p95",
};

/** Everything counted over the scope; one row, also when there are no calls. */
export async function askTotals(
  source: CallSource,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Answer<Measures>> {
  return profile(source, scope, {}, ({ values }) => measuresOf(values), signal);
}

/** The models that the scope's calls name, as they name them; at most a thousand, those with the most calls first. */
export async function askModels(
  source: CallSource,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Answer<{ provider: string; model: string }>> {
  const answer = await source.query(
    scope,
    {
      measures: ["calls"],
      dimensions: ["provider", "model"],
      orderBy: [{ by: "calls" }],
      limit: 1_000,
    },
    signal,
  );
  return {
    ...answer,
    // The dimension `model` is the provider and the model in one where both are known.
    rows: answer.rows.map(({ segment: [provider = "", named = ""] }) => ({
      provider,
      model: provider === "" || named === "" ? named : named.slice(provider.length + 1),
    })),
  };
}

/** How many calls there are, how many of them unpriced, and from when to when: all that comparing periods needs first. */
export async function askSpan(
  source: CallSource,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Answer<Pick<Measures, "calls" | "unpricedCalls" | "firstAt" | "lastAt">>> {
  const measures = ["calls", "unpriced_calls", "first_at", "last_at"] as const;
  const answer = await source.query(scope, { measures }, signal);
  return {
    ...answer,
    rows: answer.rows.map(({ values }) => ({
      calls: values.calls,
      unpricedCalls: values.unpriced_calls,
      firstAt: values.first_at,
      lastAt: values.last_at,
    })),
  };
}

/** The leading segments, by cost unless `rank` says otherwise, times first to last; and one row for all others. */
export async function askBreakdown(
  source: CallSource,
  scope: Scope,
  { by, limit, rank = "cost" }: { by: Dimension; limit: number; rank?: Ranking },
  signal?: AbortSignal,
): Promise<Answer<SegmentRow>> {
  const answer = await profile(
    source,
    scope,
    { dimensions: [by], orderBy: [{ by: rankedBy[rank] }], limit, rest: "others" },
    ({ segment: [segment = ""], others, segments, values }) => ({
      segment,
      others,
      segments,
      ...measuresOf(values),
    }),
    signal,
  );
  if (by !== "day" && by !== "hour") return answer;
  const rows = [...answer.rows].sort(
    (a, b) => Number(a.others) - Number(b.others) || (a.segment < b.segment ? -1 : 1),
  );
  return { ...answer, rows };
}

/** Measures per UTC day or hour that has calls, in order of time. */
export async function askTimeline(
  source: CallSource,
  scope: Scope,
  { grain }: { grain: Grain },
  signal?: AbortSignal,
): Promise<Answer<TimelineRow>> {
  return profile(
    source,
    scope,
    { grain },
    ({ at, values }) => ({ at: at ?? 0, ...measuresOf(values) }),
    signal,
  );
}

/** The same measures over two periods side by side, by a dimension or as a whole. */
export async function askPeriods(
  source: CallSource,
  scope: Scope,
  { current, previous, by }: { current: Period; previous: Period; by: Dimension | null },
  signal?: AbortSignal,
): Promise<Answer<PeriodRow>> {
  return profile(
    source,
    scope,
    {
      dimensions: by === null ? [] : [by],
      range: current,
      compareWith: previous,
      limit: MOST_COMPARED,
    },
    ({ period, segment: [segment = ""], values }) => ({ period, segment, ...measuresOf(values) }),
    signal,
  );
}

const MOST_COMPARED = 5_000;

async function profile<Row>(
  source: CallSource,
  scope: Scope,
  question: Omit<CallQuery, "measures">,
  rowOf: (row: QueryRow<ProfileMeasure>) => Row,
  signal: AbortSignal | undefined,
): Promise<Answer<Row>> {
  const answer = await source.query(scope, { ...question, measures: profileMeasures }, signal);
  return { ...answer, rows: answer.rows.map(rowOf) };
}

function measuresOf(values: Pick<MeasureValues, ProfileMeasure>): Measures {
  return {
    calls: values.calls,
    inputTokens: values.input_tokens,
    cacheReadTokens: values.cache_read_tokens,
    cacheWriteTokens: values.cache_write_tokens,
    outputTokens: values.output_tokens,
    reasoningTokens: values.reasoning_tokens,
    costUsd: values.spend,
    pricedCalls: values.priced_calls,
    unpricedCalls: values.unpriced_calls,
    errors: values.errors,
    errorCostUsd: values.error_cost,
    retries: values.retries,
    latencyMs: percentilesOf(
      values.latency_calls,
      values.latency_p50,
      values.latency_p95,
      values.latency_p99,
    ),
    ttftMs: percentilesOf(values.ttft_calls, values.ttft_p50, values.ttft_p95, values.ttft_p99),
    firstAt: values.first_at,
    lastAt: values.last_at,
  };
}

function percentilesOf(
  calls: number,
  p50: number | null,
  p95: number | null,
  p99: number | null,
): Percentiles | null {
  if (p50 === null || p95 === null || p99 === null) return null;
  return { calls, p50, p95, p99 };
}
