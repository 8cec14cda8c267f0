import { z } from "zod";
import type { RedisCache } from "../../db/redis";
import type { RunSnapshot, StateCache } from "../ports/state-cache";

const HOUR_SECONDS = 3_600;

const snapshotSchema: z.ZodType<RunSnapshot> = z.object({
  workspaceId: z.string(),
  threadId: z.string(),
  runId: z.string(),
  state: z.enum(["running", "finished"]),
  seq: z.number(),
  attempt: z.number(),
  checkpoint: z.unknown(),
});

/** Hot run state in Redis under `{environment}:run:{id}`. Rejects with RedisUnavailableError. */
export function createStateCache(redis: RedisCache): StateCache {
  const key = (runId: string) => `run:${runId}`;
  return {
    saveRun: (snapshot) => redis.set(key(snapshot.runId), snapshot, { seconds: HOUR_SECONDS }),
    loadRun: async (runId) => {
      const found = snapshotSchema.safeParse(await redis.get(key(runId)));
      return found.success ? found.data : null;
    },
  };
}
