import { v5 as uuidFromName } from "uuid";
import {
  type ClickHouse,
  type CostedCall,
  countDatasetCalls,
  insertCalls,
} from "../../db/clickhouse";
import { type Database, recordOwnCalls } from "../../db/postgres";
import type { OwnCalls } from "../ports/own-calls";
import type { ThreadKey } from "../ports/thread-store";
import type { ModelCall } from "../protocol";

/** The dataset that holds the crew's own calls of a workspace: the same for all its rooms. */
export function ownDatasetId(workspaceId: string): string {
  return uuidFromName("the crew's own calls", workspaceId);
}

/**
 * The crew's own calls in ClickHouse, as rows of a dataset whose size and period stand in Postgres. That is
 * counted after the rows are there, so that a version of the dataset never names calls which are not.
 * Throws the errors of db/clickhouse/errors.ts and db/postgres/errors.ts.
 */
export function createOwnCalls(clickhouse: ClickHouse, db: Database): OwnCalls {
  return {
    store: async (thread, calls) => {
      if (calls.length === 0) return;
      const dataset = {
        workspaceId: thread.workspaceId,
        datasetId: ownDatasetId(thread.workspaceId),
      };
      // There is no import: the thread is where they come from.
      const target = { ...dataset, importId: thread.threadId };
      const rows = calls.map((call) => rowOf(thread, call));
      await insertCalls(clickhouse, target, rows);
      const { firstAt, lastAt, ...counted } = await countDatasetCalls(clickhouse, dataset);
      if (firstAt === null || lastAt === null) return;
      const [firstCallAt, lastCallAt] = [new Date(firstAt), new Date(lastAt)];
      await recordOwnCalls(db, { ...dataset, ...counted, firstCallAt, lastCallAt });
    },
  };
}

/** A call of the crew as any other log has it: the agent is its feature, the thread its session. */
function rowOf({ threadId }: ThreadKey, call: ModelCall): CostedCall {
  const { usage } = call;
  const inputTokens = usage?.inputTokens ?? 0;
  return {
    id: call.id,
    time: Date.parse(call.startedAt),
    provider: call.provider,
    model: call.model,
    inputTokens,
    cacheReadTokens: Math.min(usage?.cachedInputTokens ?? 0, inputTokens),
    cacheWriteTokens: 0,
    outputTokens: usage?.outputTokens ?? 0,
    reasoningTokens: 0,
    latencyMs: call.latencyMs,
    ttftMs: call.firstTokenMs,
    status: call.outcome === "ok" ? "ok" : "error",
    errorCode: call.outcome === "ok" ? "" : call.outcome,
    retry: 0,
    feature: call.agent,
    user: "",
    session: threadId,
    promptHash: call.requestHash,
    prefixBlocks: [],
    blockTokens: 0,
    quality: null,
    tags: {
      run: call.runId,
      step: call.stepId,
      prompt_version: String(call.promptVersion),
      cache: call.cache,
      ...(call.savedUsd === null ? {} : { saved_usd: call.savedUsd }),
    },
    cost: costOf(call),
  };
}

function costOf({ costUsd, usage }: ModelCall): CostedCall["cost"] {
  if (costUsd !== null) return { usd: costUsd, problem: "" };
  return { usd: null, problem: usage === null ? "unknown-tokens" : "no-price" };
}
