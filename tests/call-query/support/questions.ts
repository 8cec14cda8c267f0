import {
  type CallQuery,
  type Measure,
  measureKinds,
  type QueryDimension,
} from "../../../db/call-query";
import { grains } from "../../../db/call-query/call-query";
import { namedDimensions } from "../../../db/call-query/dimensions";
import type { seeded } from "../../clickhouse/support/calls";

export const everyMeasure = Object.keys(measureKinds) as Measure[];
export const everyDimension: readonly [QueryDimension, ...QueryDimension[]] = [
  'tag:it\'s a "key"',
  ...namedDimensions,
];

type Filters = NonNullable<CallQuery["filters"]>;

/** One of each kind of filter, and some together. */
export const everyFilter: readonly [Filters, ...Filters[]] = [
  [],
  [{ dimension: "model", in: ["openai/gpt-4o", "gpt-4.1", "nothing"] }],
  [{ dimension: "model", notIn: ["openai/gpt-4o", "gpt-4.1"] }],
  [{ dimension: "feature", in: ["", 'it\'s "odd"\\\n; DROP TABLE calls_v1 --'] }],
  [{ dimension: "status", in: ["error"] }],
  [{ dimension: "error_code", notIn: [""] }],
  [{ dimension: "priced", in: ["unpriced"] }],
  [{ dimension: "retry", notIn: ["0"] }],
  [{ dimension: "weekday", in: ["6", "7"] }],
  [{ dimension: "hour_of_day", in: ["00", "13", "23"] }],
  [{ dimension: 'tag:it\'s a "key"', in: ["blue'", ""] }],
  [{ dimension: 'tag:it\'s a "key"', notIn: [""] }],
  [{ field: "input_tokens", atLeast: 1000, atMost: 200_000 }],
  [{ field: "latency_ms", atMost: 4500.25 }],
  [{ field: "ttft_ms", atLeast: 100 }],
  [{ field: "quality", atLeast: 0.5 }],
  [{ field: "cost_usd", atLeast: 0.001, atMost: 0.01 }],
  [
    { field: "retry", atLeast: 1 },
    { dimension: "provider", in: ["openai", ""] },
  ],
  [
    { dimension: "day", notIn: ["2026-03-01"] },
    { field: "output_tokens", atLeast: 1 },
  ],
  [
    { field: "cache_read_tokens", atLeast: 1 },
    { dimension: "user", notIn: ["user-1"] },
  ],
];

/** By these an order is the same in floating point and in plain reading. */
const orderable: readonly [Measure, ...Measure[]] = [
  "calls",
  "spend",
  "unpriced_calls",
  "input_tokens",
  "errors",
  "error_rate",
  "error_cost",
  "cost_per_call",
  "cache_share",
  "users",
  "first_at",
];

/** Any question that can be asked of a log that begins at `start` and lasts nine days. */
export function anyQuestion(random: ReturnType<typeof seeded>, start: number): CallQuery {
  const some = <Item>(items: readonly [Item, ...Item[]], most: number) => [
    ...new Set(Array.from({ length: random.integer(0, most) }, () => random.pick(items))),
  ];
  const dimensions = some(everyDimension, 3);
  const from = start + random.integer(-2, 6) * 86_400_000 + random.integer(0, 86_400_000);
  const to = from + random.integer(1, 5 * 86_400_000);
  const isBound = random.chance(0.6);
  const compareWith = !isBound
    ? null
    : random.pick([
        null,
        "preceding" as const,
        { from: from - 3 * 86_400_000, to: from - random.integer(0, 86_400_000) },
      ]);
  const measures = some(everyMeasure as [Measure, ...Measure[]], 12);
  return {
    measures: measures.length > 0 ? measures : ["calls"],
    dimensions,
    filters: random.pick(everyFilter),
    grain: random.pick([null, null, ...grains]),
    range: isBound ? { from, to } : { from: random.chance(0.5) ? from : null, to: null },
    compareWith,
    orderBy: [
      ...some(orderable, 2).map((by) => ({
        by,
        direction: random.pick(["ascending", "descending"] as const),
      })),
      ...(dimensions[0] && random.chance(0.3)
        ? [{ by: dimensions[0], direction: "ascending" as const }]
        : []),
    ],
    limit: random.pick([1, 3, 10, 5000]),
    rest: random.pick(["omit", "others"]),
  };
}
