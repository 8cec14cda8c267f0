import type { ClickHouse } from "../../db/clickhouse/client";
import {
  duplicates,
  errors,
  jointUsage,
  labelPairs,
  modelLabels,
  modelProfiles,
  modelUsage,
  prefixReuse,
  rates,
} from "../../db/clickhouse/queries";
import { queryCalls } from "../../db/clickhouse/query/query-calls";
import type { Analytics } from "../ports/analytics";

/** The port on ClickHouse. Throws the errors of db/clickhouse/errors.ts or the signal's reason. */
export function createAnalytics(clickhouse: ClickHouse): Analytics {
  return {
    query: (scope, question, signal) => queryCalls(clickhouse, scope, question, { signal }),
    duplicates: (scope, question, signal) => duplicates(clickhouse, scope, question, { signal }),
    prefixReuse: (scope, question, signal) => prefixReuse(clickhouse, scope, question, { signal }),
    modelUsage: (scope, question, signal) => modelUsage(clickhouse, scope, question, { signal }),
    modelProfiles: (scope, signal) => modelProfiles(clickhouse, scope, { signal }),
    modelLabels: (scope, signal) => modelLabels(clickhouse, scope, { signal }),
    labelPairs: (scope, signal) => labelPairs(clickhouse, scope, { signal }),
    rates: (scope, signal) => rates(clickhouse, scope, { signal }),
    errors: (scope, signal) => errors(clickhouse, scope, { signal }),
    jointUsage: (scope, question, signal) => jointUsage(clickhouse, scope, question, { signal }),
    isAvailable: async (signal) => {
      try {
        await clickhouse.query(
          { name: "ping", sql: "SELECT 1", parameters: {}, limits: { seconds: 5 } },
          { signal },
        );
        return true;
      } catch {
        return false;
      }
    },
    forRun: ({ threadId, runId }) =>
      createAnalytics(clickhouse.tagged({ thread: threadId, run: runId })),
  };
}
