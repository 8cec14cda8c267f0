import { z } from "zod";
import { formatUsd, parseUsd } from "../prices";

/** Parts of row schemas. ClickHouse sends 64-bit integers and decimals as text. */
export const count = z.coerce.number().int();
export const flag = z.coerce.number().transform((value) => value !== 0);
export const measure = z.coerce.number().nullable();
/** Exact decimal text in USD; null when nothing was priced. */
export const money = z
  .string()
  .transform((text) => formatUsd(parseUsd(text)))
  .nullable();

/** Percentiles with linear interpolation between ranks, over the `calls` that have the measure. */
export interface Percentiles {
  calls: number;
  p50: number;
  p95: number;
  p99: number;
}

const quantiles = z.array(z.coerce.number().nullable());

function percentiles(calls: number, [p50, p95, p99]: Array<number | null>): Percentiles | null {
  if (calls === 0 || p50 == null || p95 == null || p99 == null) return null;
  return { calls, p50: toMicroseconds(p50), p95: toMicroseconds(p95), p99: toMicroseconds(p99) };
}

/** Interpolation leaves digits that nobody measured; three places of a millisecond are kept. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Latency and time to first token of successful calls, exact. */
export const speedColumns = `countIf(status = 'ok' AND latency_ms IS NOT NULL) AS latency_calls,
  quantilesExactInclusiveIf(0.5, 0.95, 0.99)(assumeNotNull(latency_ms), status = 'ok' AND latency_ms IS NOT NULL) AS latency_quantiles,
  countIf(status = 'ok' AND ttft_ms IS NOT NULL) AS ttft_calls,
  quantilesExactInclusiveIf(0.5, 0.95, 0.99)(assumeNotNull(ttft_ms), status = 'ok' AND ttft_ms IS NOT NULL) AS ttft_quantiles`;

export const speedShape = {
  latency_calls: count,
  latency_quantiles: quantiles,
  ttft_calls: count,
  ttft_quantiles: quantiles,
};

const speedRow = z.object(speedShape);

export function speedOf(row: z.output<typeof speedRow>) {
  return {
    latencyMs: percentiles(row.latency_calls, row.latency_quantiles),
    ttftMs: percentiles(row.ttft_calls, row.ttft_quantiles),
  };
}

/** A sum over no calls at all is zero; only a sum over unpriced calls is unknown. */
export function noneIsZero(sum: string | null, calls: number): string | null {
  return calls === 0 ? "0" : sum;
}
