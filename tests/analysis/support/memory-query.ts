import {
  type CheckedCallQuery,
  comparedPeriods,
  type Measure,
  type MeasureValues,
  type NumericField,
  type QueryDimension,
  type QueryFilter,
  type QueryRow,
  type TimeRange,
  tagKey,
} from "../../../db/call-query";
import { formatUsd, parseUsd, priceCall } from "../../../db/prices";
import type { StoredCall } from "./stored-call";

/**
 * The plain reading of a question, call by call: what the store must answer.
 * @param scope the scope's own time range; `calls` lie within it
 */
export function queryInMemory(
  calls: readonly StoredCall[],
  scope: TimeRange,
  query: CheckedCallQuery,
): QueryRow[] {
  const { current, previous } = comparedPeriods(scope, query);
  const passing = calls.filter((call) => query.filters.every((filter) => passes(call, filter)));
  const now = passing.filter((call) => lies(call, current));
  const before = previous === null ? [] : passing.filter((call) => lies(call, previous));

  const order = bySegment(query);
  const openSeconds = (range: TimeRange) => (own: readonly StoredCall[]) =>
    range.from !== null && range.to !== null
      ? Math.max(0, range.to - range.from) / 1000
      : (Math.max(...own.map(({ time }) => time)) - Math.min(...own.map(({ time }) => time))) /
        1000;
  const segmentOf = (call: StoredCall) => query.dimensions.map((by) => dimensionOf(call, by));
  const all = groups([...now, ...before], segmentOf).sort(
    order(query.grain === null && previous === null ? openSeconds(current) : () => 1),
  );
  const leading = new Set(all.slice(0, query.limit).map(({ key }) => key));
  const hasSegments = query.dimensions.length > 0;

  const rows: Array<QueryRow & { own: StoredCall[] }> = [];
  const periods: Array<{ period: QueryRow["period"]; range: TimeRange; own: StoredCall[] }> = [
    { period: "current", range: current, own: now },
  ];
  if (previous !== null) periods.push({ period: "previous", range: previous, own: before });
  for (const { period, range, own } of periods) {
    const buckets = query.grain === null ? [{ at: null, own }] : bucketsOf(own, query.grain);
    for (const bucket of buckets) {
      const seconds =
        bucket.at === null || query.grain === null
          ? openSeconds(range)
          : () => bucketSeconds(bucket.at ?? 0, query.grain ?? "day");
      const found: Array<QueryRow & { own: StoredCall[] }> = [];
      const add = (members: StoredCall[], segment: string[], others: boolean, segments: number) => {
        const values = Object.fromEntries(
          query.measures.map((measure) => [measure, measured(measure, members, seconds)]),
        ) as unknown as MeasureValues;
        found.push({ period, at: bucket.at, segment, others, segments, values, own: members });
      };
      const parts = groups(bucket.own, segmentOf);
      for (const part of parts.filter(({ key }) => !hasSegments || leading.has(key))) {
        add(part.own, part.segment, false, 1);
      }
      if (!hasSegments && parts.length === 0 && previous === null && query.grain === null) {
        add([], [], false, 1);
      }
      found.sort(order(seconds));
      const rest = parts.filter(({ key }) => hasSegments && !leading.has(key));
      if (query.rest === "others" && rest.length > 0) {
        const members = rest.flatMap(({ own: others }) => others);
        add(
          members,
          query.dimensions.map(() => ""),
          true,
          rest.length,
        );
      }
      rows.push(...found);
    }
  }
  return rows.map(({ own: _own, ...row }) => row);
}

interface Group {
  key: string;
  segment: string[];
  own: StoredCall[];
}

function groups(calls: readonly StoredCall[], segmentOf: (call: StoredCall) => string[]): Group[] {
  const found = new Map<string, Group>();
  for (const call of calls) {
    const segment = segmentOf(call);
    const key = JSON.stringify(segment);
    const group = found.get(key) ?? { key, segment, own: [] };
    group.own.push(call);
    found.set(key, group);
  }
  return [...found.values()];
}

type Sized = { segment: string[]; own: StoredCall[] };

/** By the question's own order, then spend, calls and name; what is unknown comes last. */
function bySegment(query: CheckedCallQuery) {
  return (seconds: (own: readonly StoredCall[]) => number) => {
    const known = new Map<string, Map<Sized, bigint | number | string | null>>();
    const sizeOf = (by: string, sized: Sized) => {
      const sizes = known.get(by) ?? new Map<Sized, ReturnType<typeof computed>>();
      known.set(by, sizes);
      const size = sizes.has(sized) ? (sizes.get(sized) ?? null) : computed(by, sized);
      sizes.set(sized, size);
      return size;
    };
    const computed = (by: string, { segment, own }: Sized) => {
      const place = (query.dimensions as readonly string[]).indexOf(by);
      if (place >= 0) return segment[place] ?? "";
      const value = measured(by as Measure, own, seconds);
      return typeof value === "string" ? parseUsd(value) : value;
    };
    return (a: Sized, b: Sized) => {
      for (const { by, direction } of [
        ...query.orderBy,
        { by: "spend", direction: "descending" },
        { by: "calls", direction: "descending" },
      ]) {
        const [x, y] = [sizeOf(by, a), sizeOf(by, b)];
        if (x === null || y === null) {
          if (x !== y) return x === null ? 1 : -1;
          continue;
        }
        const sign = compared(x, y);
        if (sign !== 0) return direction === "ascending" ? sign : -sign;
      }
      for (const [index, text] of a.segment.entries()) {
        const sign = byBytes(text, b.segment[index] ?? "");
        if (sign !== 0) return sign;
      }
      return 0;
    };
  };
}

function compared(x: bigint | number | string, y: bigint | number | string): number {
  if (typeof x === "string" || typeof y === "string") return byBytes(String(x), String(y));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** As the store orders text. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function lies({ time }: StoredCall, { from, to }: TimeRange): boolean {
  return (from === null || time >= from) && (to === null || time < to);
}

function passes(call: StoredCall, filter: QueryFilter): boolean {
  if ("in" in filter) return filter.in.includes(dimensionOf(call, filter.dimension));
  if ("notIn" in filter) return !filter.notIn.includes(dimensionOf(call, filter.dimension));
  const value = fieldOf(call, filter.field);
  if (value === null) return false;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = filter;
  return value >= atLeast && value <= atMost;
}

function fieldOf(call: StoredCall, field: NumericField): number | null {
  switch (field) {
    case "input_tokens":
      return call.inputTokens;
    case "cache_read_tokens":
      return call.cacheReadTokens;
    case "cache_write_tokens":
      return call.cacheWriteTokens;
    case "output_tokens":
      return call.outputTokens;
    case "reasoning_tokens":
      return call.reasoningTokens;
    case "latency_ms":
      return call.latencyMs;
    case "ttft_ms":
      return call.ttftMs;
    case "retry":
      return call.retry;
    case "quality":
      return call.quality;
    case "cost_usd":
      return call.cost === null ? null : Number(formatUsd(call.cost));
  }
}

function dimensionOf(call: StoredCall, by: QueryDimension): string {
  const key = tagKey(by);
  if (key !== null) return call.tags[key] ?? "";
  const date = new Date(call.time);
  const iso = date.toISOString();
  switch (by) {
    case "provider":
    case "feature":
    case "user":
    case "session":
    case "status":
      return call[by];
    case "model":
      return call.provider === "" || call.model === ""
        ? call.model
        : `${call.provider}/${call.model}`;
    case "error_code":
      return call.status === "error" ? call.errorCode : "";
    case "retry":
      return String(call.retry);
    case "priced":
      return call.cost === null ? "unpriced" : "priced";
    case "hour":
      return `${iso.slice(0, 10)} ${iso.slice(11, 13)}:00`;
    case "day":
      return iso.slice(0, 10);
    case "week":
      return new Date(startOf(call.time, "week")).toISOString().slice(0, 10);
    case "month":
      return iso.slice(0, 7);
    case "hour_of_day":
      return iso.slice(11, 13);
    case "weekday":
      return String(((date.getUTCDay() + 6) % 7) + 1);
  }
  throw new Error(`${by} is no dimension`);
}

type Grain = NonNullable<CheckedCallQuery["grain"]>;

function startOf(time: number, grain: Grain): number {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (grain) {
    case "hour":
      return Date.UTC(year, month, day, date.getUTCHours());
    case "day":
      return Date.UTC(year, month, day);
    case "week":
      return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
    case "month":
      return Date.UTC(year, month, 1);
  }
}

function bucketSeconds(at: number, grain: Grain): number {
  const date = new Date(at);
  const next = {
    hour: at + 3_600_000,
    day: at + 86_400_000,
    week: at + 7 * 86_400_000,
    month: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1),
  };
  return (next[grain] - at) / 1000;
}

function bucketsOf(calls: readonly StoredCall[], grain: Grain) {
  const found = new Map<number, StoredCall[]>();
  for (const call of calls) {
    const at = startOf(call.time, grain);
    found.set(at, [...(found.get(at) ?? []), call]);
  }
  return [...found].map(([at, own]) => ({ at, own })).sort((a, b) => a.at - b.at);
}

function measured<M extends Measure>(
  measure: M,
  calls: readonly StoredCall[],
  seconds: (calls: readonly StoredCall[]) => number,
): MeasureValues[Measure] {
  const sum = (pick: (call: StoredCall) => number, of = calls) =>
    of.reduce((total, call) => total + pick(call), 0);
  const priced = calls.filter((call) => call.cost !== null);
  const ok = calls.filter((call) => call.status === "ok");
  const failed = calls.filter((call) => call.status === "error");
  const logged = (pick: (call: StoredCall) => number | null) =>
    ok.flatMap((call) => pick(call) ?? []);
  const speed = measure.startsWith("ttft")
    ? logged((call) => call.ttftMs)
    : logged((call) => call.latencyMs);
  const name: Measure = measure;
  switch (name) {
    case "calls":
      return calls.length;
    case "priced_calls":
      return priced.length;
    case "unpriced_calls":
      return calls.length - priced.length;
    case "spend":
      return spend(calls);
    case "fresh_input_cost":
    case "cache_read_cost":
    case "cache_write_cost":
    case "output_cost":
      return costOfKind(name, priced);
    case "input_tokens":
      return sum((call) => call.inputTokens);
    case "fresh_input_tokens":
      return sum((call) => call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens);
    case "cache_read_tokens":
      return sum((call) => call.cacheReadTokens);
    case "cache_write_tokens":
      return sum((call) => call.cacheWriteTokens);
    case "output_tokens":
      return sum((call) => call.outputTokens);
    case "reasoning_tokens":
      return sum((call) => call.reasoningTokens);
    case "cache_share":
      return ratio(
        sum((call) => call.cacheReadTokens),
        sum((call) => call.inputTokens),
      );
    case "cost_per_call":
      return perUnit(priced, 1n, BigInt(priced.length));
    case "cost_per_1k_tokens":
      return perUnit(
        priced,
        1000n,
        BigInt(sum((call) => call.inputTokens + call.outputTokens, priced)),
      );
    case "latency_calls":
    case "ttft_calls":
      return speed.length;
    case "latency_p50":
    case "ttft_p50":
      return percentile(speed, 0.5);
    case "latency_p90":
    case "ttft_p90":
      return percentile(speed, 0.9);
    case "latency_p95":
    case "ttft_p95":
      return percentile(speed, 0.95);
    case "latency_p99":
    case "ttft_p99":
      return percentile(speed, 0.99);
    case "latency_mean":
    case "ttft_mean":
      return mean(speed);
    case "errors":
      return failed.length;
    case "error_rate":
      return ratio(failed.length, calls.length);
    case "error_cost":
      return failed.length === 0 ? "0" : spend(failed);
    case "retries":
      return calls.filter(({ retry }) => retry > 0).length;
    case "users":
      return new Set(calls.flatMap(({ user }) => (user === "" ? [] : [user]))).size;
    case "sessions":
      return new Set(calls.flatMap(({ session }) => (session === "" ? [] : [session]))).size;
    case "labelled_calls":
      return logged((call) => call.quality).length;
    case "quality_mean":
      return mean(logged((call) => call.quality));
    case "calls_per_second":
      return calls.length === 0
        ? ratio(0, emptySeconds(seconds))
        : ratio(calls.length, seconds(calls));
    case "tokens_per_second": {
      const generated = ok.filter(
        ({ latencyMs, ttftMs }) => latencyMs !== null && ttftMs !== null && latencyMs > ttftMs,
      );
      const generationMs = sum((call) => (call.latencyMs ?? 0) - (call.ttftMs ?? 0), generated);
      return ratio(1000 * sum((call) => call.outputTokens, generated), generationMs);
    }
    case "first_at":
      return calls.length === 0 ? null : Math.min(...calls.map(({ time }) => time));
    case "last_at":
      return calls.length === 0 ? null : Math.max(...calls.map(({ time }) => time));
  }
}

/** Of a range that is open and has no calls there is no length. */
function emptySeconds(seconds: (calls: readonly StoredCall[]) => number): number {
  const found = seconds([]);
  return Number.isFinite(found) ? found : 0;
}

function spend(calls: readonly StoredCall[]): string | null {
  const known = calls.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  return known.length === 0 ? null : formatUsd(known.reduce((total, cost) => total + cost, 0n));
}

function costOfKind(kind: Measure, calls: readonly StoredCall[]): string | null {
  const parts = calls.flatMap((call) => {
    const price = priceCall(call);
    if (!price.priced) return [];
    const { input, cacheRead, cacheWrite } = price.applied;
    const fresh = BigInt(call.inputTokens - call.cacheReadTokens - call.cacheWriteTokens) * input;
    const read = BigInt(call.cacheReadTokens) * (cacheRead ?? input);
    const write = BigInt(call.cacheWriteTokens) * (cacheWrite ?? input);
    const output = price.cost - fresh - read - write;
    return [
      {
        fresh_input_cost: fresh,
        cache_read_cost: read,
        cache_write_cost: write,
        output_cost: output,
      },
    ];
  });
  if (parts.length === 0) return null;
  return formatUsd(
    parts.reduce((total, part) => total + (part[kind as keyof typeof part] ?? 0n), 0n),
  );
}

function perUnit(priced: readonly StoredCall[], factor: bigint, units: bigint): string | null {
  if (units === 0n) return null;
  const pico = priced.reduce((total, { cost }) => total + (cost ?? 0n), 0n) * factor;
  return formatUsd((2n * pico + units) / (2n * units));
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function mean(values: readonly number[]): number | null {
  return ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}

/** Linear interpolation between ranks, to the microsecond. */
export function percentile(values: readonly number[], level: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = level * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? 0;
  return Math.round((below + (above - below) * (rank - Math.floor(rank))) * 1000) / 1000;
}
