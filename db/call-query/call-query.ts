import { z } from "zod";
import { isQueryDimension, namedDimensions, type QueryDimension } from "./dimensions";
import { InvalidCallQuery } from "./errors";
import { type Measure, measures } from "./measures";

/** Segments an answer may list; the store stops an answer of more rows than its own limit besides. */
const MOST_SEGMENTS = 5_000;
const MOST_VALUES = 500;

export const grains = ["hour", "day", "week", "month"] as const;
export type QueryGrain = (typeof grains)[number];

/** Figures of a call that a filter may bound. Calls that do not log one lie within no bounds of it. */
export const numericFields = [
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "latency_ms",
  "ttft_ms",
  "retry",
  "quality",
  "cost_usd",
] as const;
export type NumericField = (typeof numericFields)[number];

const measure = z.enum(measures, {
  error: ({ input }) => `unknown measure ${shown(input)}; known are ${measures.join(", ")}`,
});
/** A checked text, not a type of its own, so that a language model can be told of it as JSON Schema. */
const dimension = z.string().refine(isQueryDimension, {
  error: ({ input }) =>
    `unknown dimension ${shown(input)}; known are ${namedDimensions.join(", ")} and tag:KEY`,
}) as unknown as z.ZodType<QueryDimension, QueryDimension>;
const values = z
  .array(z.string().max(2_000, "a value has at most 2,000 characters"))
  .min(1, "name at least one value")
  .max(MOST_VALUES, `name at most ${MOST_VALUES} values`);

const filter = z.union(
  [
    z.strictObject({ dimension, in: values }),
    z.strictObject({ dimension, notIn: values }),
    z
      .strictObject({
        field: z.enum(numericFields, {
          error: ({ input }) =>
            `unknown field ${shown(input)}; known are ${numericFields.join(", ")}`,
        }),
        atLeast: z.number().optional(),
        atMost: z.number().optional(),
      })
      .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, {
        error: "give atLeast, atMost or both",
      })
      .refine(
        ({ atLeast, atMost }) => atLeast === undefined || atMost === undefined || atLeast <= atMost,
        { error: "atLeast is above atMost, so that no call could lie between them" },
      ),
  ],
  { error: "a filter is {dimension, in}, {dimension, notIn} or {field, atLeast, atMost}" },
);

const instant = z.number().int("a time is a whole number of Unix milliseconds");
const period = z.strictObject({ from: instant, to: instant }).refine(({ from, to }) => from < to, {
  error: "the range is empty: `to` must be after `from`",
});
const range = z
  .strictObject({ from: instant.nullable(), to: instant.nullable() })
  .refine(({ from, to }) => from === null || to === null || from < to, {
    error: "the range is empty: `to` must be after `from`",
  });

const order = z.strictObject({
  by: z.string().refine(isOrder, {
    error: ({ input }) => `${shown(input)} is neither a measure nor a dimension`,
  }) as unknown as z.ZodType<Measure | QueryDimension, Measure | QueryDimension>,
  direction: z.enum(["ascending", "descending"]).default("descending"),
});

/**
 * A question over calls: measures, parted by dimensions and time, of the calls that pass the filters.
 * It names everything by words of this language; values of filters are bound, so that text in them,
 * whoever wrote it, stays data.
 */
export const callQuerySchema = z
  .strictObject({
    measures: z.array(measure).min(1, "ask for at least one measure").max(measures.length),
    dimensions: z.array(dimension).max(4, "part by at most four dimensions").default([]),
    /** All of them must hold. */
    filters: z.array(filter).max(20, "give at most twenty filters").default([]),
    /** Parts each segment by time too (UTC; weeks begin on Monday). Buckets without calls have no row. */
    grain: z.enum(grains).nullable().default(null),
    /** Within the scope. Unix ms, `from` inclusive, `to` exclusive, null open. */
    range: range.default({ from: null, to: null }),
    /** The same over a second period, whose rows say `previous`: the one given, or the one of equal length just before. */
    compareWith: z
      .union([z.literal("preceding"), period])
      .nullable()
      .default(null),
    /** By what segments lead, and rows are ordered within a time; equal ones by spend, calls and name. */
    orderBy: z.array(order).max(4).default([]),
    /** Segments (different values of the dimensions), not rows. */
    limit: z.number().int().min(1).max(MOST_SEGMENTS).default(100),
    /** Whether the segments beyond the limit are left out or summed up in one row. */
    rest: z.enum(["omit", "others"]).default("omit"),
  })
  .superRefine((query, context) => {
    const twice = (field: "measures" | "dimensions") => {
      const names: readonly string[] = query[field];
      names.forEach((name, index) => {
        if (names.indexOf(name) !== index) {
          context.addIssue({
            code: "custom",
            path: [field, index],
            message: `${name} is asked for twice`,
          });
        }
      });
    };
    twice("measures");
    twice("dimensions");
    if (query.compareWith !== null && (query.range.from === null || query.range.to === null)) {
      context.addIssue({
        code: "custom",
        path: ["range"],
        message: "to compare, the range needs both `from` and `to`",
      });
    }
    const { range, compareWith } = query;
    if (
      compareWith !== null &&
      compareWith !== "preceding" &&
      range.from !== null &&
      range.to !== null
    ) {
      if (compareWith.from < range.to && compareWith.to > range.from) {
        context.addIssue({
          code: "custom",
          path: ["compareWith"],
          message: "the two periods overlap: a call would count in both",
        });
      }
    }
    query.orderBy.forEach(({ by }, index) => {
      const isMeasure = (measures as readonly string[]).includes(by);
      if (!isMeasure && !query.dimensions.includes(by as QueryDimension)) {
        context.addIssue({
          code: "custom",
          path: ["orderBy", index, "by"],
          message: `${by} can order only what is parted by it: add it to the dimensions`,
        });
      }
    });
  });

/** A question as it is asked: what is left out has its default. */
export type CallQuery<M extends Measure = Measure> = Omit<
  z.input<typeof callQuerySchema>,
  "measures"
> & { measures: readonly M[] };

/** A question with every part filled in. */
export type CheckedCallQuery = z.output<typeof callQuerySchema>;
export type QueryFilter = CheckedCallQuery["filters"][number];

/** Fills in and checks a question. Throws InvalidCallQuery, which names each wrong field. */
export function checkCallQuery(question: unknown): CheckedCallQuery {
  const checked = callQuerySchema.safeParse(question);
  if (checked.success) return checked.data;
  throw new InvalidCallQuery(
    checked.error.issues.flatMap(problemsOf).map(({ path, message }) => ({
      field: fieldOf(path),
      problem: message,
    })),
  );
}

interface Issue {
  path: PropertyKey[];
  message: string;
}

/** The issues of the alternative of a union that was meant: of a filter, the one whose words it uses. */
function problemsOf(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const nearest = issue.errors
    .filter((issues) => issues.every(({ code }) => code !== "unrecognized_keys"))
    .filter((issues) => issues.every((inner) => !isMissing(inner)))
    .sort((a, b) => a.length - b.length)[0];
  if (!nearest || nearest.length === 0 || issue.path[0] !== "filters") return [issue];
  return nearest.flatMap(problemsOf).map(({ path, message }) => ({
    path: [...issue.path, ...path],
    message,
  }));
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return "input" in issue && issue.input === undefined;
}

function isOrder(text: string): boolean {
  return (measures as readonly string[]).includes(text) || isQueryDimension(text);
}

function fieldOf(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("");
  return text === "" ? "question" : text.replace(/^\./, "");
}

function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
