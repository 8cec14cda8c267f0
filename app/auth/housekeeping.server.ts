import { getServices } from "#platform";
import { deleteExpiredSessions } from "../../db/postgres";
import { orderRoom } from "../chat/order-room.server";
import { purgeExpiredThreads } from "../chat/purge-threads.server";
import { purgeDatasets, removeOldCalls } from "../datasets/remove-old-calls.server";
import { watchBudgets } from "../insights/watch-budgets.server";
import type { Services } from "../platform/types";

/**
 * Removes what has run out: sessions, calls that are too old to be kept, threads and datasets that can no longer
 * be restored; and looks at budgets. Safe at any time, also twice at once. What fails keeps nothing else from
 * being done; the next housekeeping tries it again.
 */
export async function keepHouse(): Promise<void> {
  const services = getServices();
  const outcomes = await Promise.allSettled([
    deleteExpiredSessions(services.db),
    purgeThreads(services),
    purgeDatasets(services),
    // Calls that go count in no month any more.
    removeOldCalls(services).then(() => watchBudgets(services)),
  ]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function purgeThreads(services: Services): Promise<void> {
  const { waiting } = await purgeExpiredThreads(services.db, (place) =>
    orderRoom(services, place, "purge"),
  );
  if (waiting > 0) throw new PurgeDelayedError(waiting);
}

/** Threads stay in the record until their rooms can be told. The next housekeeping tries again. */
class PurgeDelayedError extends Error {
  override readonly name = "PurgeDelayedError";
  constructor(readonly waiting: number) {
    super(`deleted threads that wait for their rooms to be purged: ${waiting}`);
  }
}
