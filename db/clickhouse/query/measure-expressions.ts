import type { Measure } from "../../call-query";
import type { Aggregate } from "./aggregates";

/** An aggregate as a number to order by, and as it is sent. */
interface Expression {
  value: string;
  sent: string;
}

const plain = (value: string): Expression => ({ value, sent: value });
/** Decimals are sent as text; so are amounts of whole pico-dollars. */
const text = (value: string): Expression => ({ value, sent: `toString(${value})` });

const OK = "status = 'ok'";
const FAILED = "status = 'error'";
const GENERATED = `${OK} AND ifNull(latency_ms > ttft_ms, 0)`;

const share = (part: string, whole: string) => plain(`${part} / nullIf(${whole}, 0)`);

const PICO = "1000000000000";
/** What parts of the input cost, pico-dollars: without a price of its own, cached input costs what input costs. */
const inputCosts = {
  fresh:
    "(toInt128(input_tokens) - cache_read_tokens - cache_write_tokens) * toInt128(price_input)",
  read: "toInt128(cache_read_tokens) * toInt128(coalesce(price_cache_read, price_input))",
  write: "toInt128(cache_write_tokens) * toInt128(coalesce(price_cache_write, price_input))",
};
/** Rounded half up; null when nothing was priced or there is nothing to divide by. */
const perUnit = (pico: string, units: string) =>
  text(`intDiv(2 * ${pico} + ${units}, nullIf(2 * toInt256(${units}), 0))`);

/** SQL of the seconds that calls are taken over for `calls_per_second`. */
export type Seconds = (aggregate: Aggregate) => string;

/** How a measure is counted; the only place where one becomes SQL. */
export function measureExpression(
  measure: Measure,
  seconds: Seconds,
  aggregate: Aggregate,
): Expression {
  const count = () => aggregate("count", "");
  const countIf = (condition: string) => aggregate("countIf", condition);
  const sum = (value: string) => aggregate("sum", value);
  const sumIf = (value: string, condition: string) => aggregate("sumIf", `${value}, ${condition}`);
  const loggedCalls = (column: string) => countIf(`${OK} AND ${column} IS NOT NULL`);
  const mean = (column: string) => plain(aggregate("avgIf", `${column}, ${OK}`));
  /** One aggregate gives all four, so that the values are kept and sorted once. */
  const quantile = (column: string, place: number) => {
    const values = `assumeNotNull(${column}), ${OK} AND ${column} IS NOT NULL`;
    const all = aggregate("quantilesExactInclusiveIf", values, "(0.5, 0.9, 0.95, 0.99)");
    return plain(`if(${loggedCalls(column)} = 0, NULL, ${all}[${place}])`);
  };
  const spend = () => `toInt256(${sum("cost_usd")} * ${PICO})`;
  const [fresh, read, write] = [
    () => sum(inputCosts.fresh),
    () => sum(inputCosts.read),
    () => sum(inputCosts.write),
  ];

  switch (measure) {
    case "calls":
      return plain(count());
    case "priced_calls":
      return plain(countIf("cost_usd IS NOT NULL"));
    case "unpriced_calls":
      return plain(countIf("cost_usd IS NULL"));
    case "spend":
      return text(sum("cost_usd"));
    case "fresh_input_cost":
      return text(fresh());
    case "cache_read_cost":
      return text(read());
    case "cache_write_cost":
      return text(write());
    case "output_cost":
      return text(`${spend()} - ${fresh()} - ${read()} - ${write()}`);
    case "input_tokens":
    case "cache_read_tokens":
    case "cache_write_tokens":
    case "output_tokens":
    case "reasoning_tokens":
      return plain(sum(measure));
    case "fresh_input_tokens":
      return plain(
        `toInt64(${sum("input_tokens")}) - toInt64(${sum("cache_read_tokens")}) - toInt64(${sum("cache_write_tokens")})`,
      );
    case "cache_share":
      return share(sum("cache_read_tokens"), sum("input_tokens"));
    case "cost_per_call":
      return perUnit(spend(), countIf("cost_usd IS NOT NULL"));
    case "cost_per_1k_tokens":
      return perUnit(
        `1000 * ${spend()}`,
        sumIf("input_tokens + output_tokens", "cost_usd IS NOT NULL"),
      );
    case "latency_calls":
      return plain(loggedCalls("latency_ms"));
    case "latency_p50":
      return quantile("latency_ms", 1);
    case "latency_p90":
      return quantile("latency_ms", 2);
    case "latency_p95":
      return quantile("latency_ms", 3);
    case "latency_p99":
      return quantile("latency_ms", 4);
    case "latency_mean":
      return mean("latency_ms");
    case "ttft_calls":
      return plain(loggedCalls("ttft_ms"));
    case "ttft_p50":
      return quantile("ttft_ms", 1);
    case "ttft_p90":
      return quantile("ttft_ms", 2);
    case "ttft_p95":
      return quantile("ttft_ms", 3);
    case "ttft_p99":
      return quantile("ttft_ms", 4);
    case "ttft_mean":
      return mean("ttft_ms");
    case "errors":
      return plain(countIf(FAILED));
    case "error_rate":
      return share(countIf(FAILED), count());
    case "error_cost":
      return text(`if(${countIf(FAILED)} = 0, toDecimal128(0, 12), ${sumIf("cost_usd", FAILED)})`);
    case "retries":
      return plain(countIf("retry > 0"));
    case "users":
      return plain(aggregate("uniqExactIf", "user, user != ''"));
    case "sessions":
      return plain(aggregate("uniqExactIf", "session, session != ''"));
    case "labelled_calls":
      return plain(loggedCalls("quality"));
    case "quality_mean":
      return mean("quality");
    case "calls_per_second":
      return plain(`${count()} / nullIf(${seconds(aggregate)}, 0)`);
    case "tokens_per_second":
      return plain(
        `1000 * ${sumIf("output_tokens", GENERATED)} / nullIf(${sumIf("latency_ms - ttft_ms", GENERATED)}, 0)`,
      );
    case "first_at":
      return plain(`if(${count()} = 0, NULL, ${unixMs(aggregate("min", "time"))})`);
    case "last_at":
      return plain(`if(${count()} = 0, NULL, ${unixMs(aggregate("max", "time"))})`);
  }
}

/** How long the calls themselves span, for a range that is open. */
export const spanSeconds: Seconds = (aggregate) =>
  `(${unixMs(aggregate("max", "time"))} - ${unixMs(aggregate("min", "time"))}) / 1000`;

function unixMs(time: string): string {
  return `toUnixTimestamp64Milli(${time})`;
}
