import { createCallSource } from "../../db/clickhouse/call-source";
import type { ClickHouse } from "../../db/clickhouse/client";
import type { Analytics } from "../ports/analytics";
import { systemClock } from "../ports/clock";
import { Patience } from "./patience";

/** The port on ClickHouse. Throws the errors of db/clickhouse/errors.ts or the signal's reason. */
export function createAnalytics(clickhouse: ClickHouse): Analytics {
  return {
    ...createCallSource(clickhouse),
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
      createAnalytics(patient(clickhouse.tagged({ thread: threadId, run: runId }))),
  };
}

/** The same client, whose questions wait for a server that is away for a moment. */
function patient(
  clickhouse: ClickHouse,
  patience = new Patience(systemClock, Math.random),
): ClickHouse {
  return {
    ...clickhouse,
    query: (question, options) =>
      patience.for(() => clickhouse.query(question, options), options?.signal),
    tagged: (tags) => patient(clickhouse.tagged(tags), patience),
  };
}
