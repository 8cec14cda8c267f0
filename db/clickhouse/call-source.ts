import type { CallQuery, Measure } from "../call-query";
import type { ClickHouse } from "./client";
import {
  duplicates,
  errors,
  inputLevels,
  jointUsage,
  labelPairs,
  modelLabels,
  modelProfiles,
  modelUsage,
  prefixBreaks,
  prefixReuse,
  rates,
} from "./queries";
import { queryCalls } from "./query/query-calls";
import type { Scope } from "./scope";

type Signal = AbortSignal | undefined;
/** What a question is about, as its named function takes it. */
type About<Ask extends (...given: never[]) => unknown> = Parameters<Ask>[2];

/** The typed questions over calls, as the analysis asks them. Throws the errors of errors.ts or the signal's reason. */
export function createCallSource(clickhouse: ClickHouse) {
  return {
    query: <const M extends Measure>(scope: Scope, question: CallQuery<M>, signal?: Signal) =>
      queryCalls(clickhouse, scope, question, { signal }),
    duplicates: (scope: Scope, question: About<typeof duplicates>, signal?: Signal) =>
      duplicates(clickhouse, scope, question, { signal }),
    prefixReuse: (scope: Scope, question: About<typeof prefixReuse>, signal?: Signal) =>
      prefixReuse(clickhouse, scope, question, { signal }),
    prefixBreaks: (scope: Scope, question: About<typeof prefixBreaks>, signal?: Signal) =>
      prefixBreaks(clickhouse, scope, question, { signal }),
    modelUsage: (scope: Scope, question: About<typeof modelUsage>, signal?: Signal) =>
      modelUsage(clickhouse, scope, question, { signal }),
    modelProfiles: (scope: Scope, signal?: Signal) => modelProfiles(clickhouse, scope, { signal }),
    modelLabels: (scope: Scope, signal?: Signal) => modelLabels(clickhouse, scope, { signal }),
    labelPairs: (scope: Scope, signal?: Signal) => labelPairs(clickhouse, scope, { signal }),
    rates: (scope: Scope, signal?: Signal) => rates(clickhouse, scope, { signal }),
    inputLevels: (scope: Scope, signal?: Signal) => inputLevels(clickhouse, scope, { signal }),
    errors: (scope: Scope, signal?: Signal) => errors(clickhouse, scope, { signal }),
    jointUsage: (scope: Scope, question: About<typeof jointUsage>, signal?: Signal) =>
      jointUsage(clickhouse, scope, question, { signal }),
  };
}
