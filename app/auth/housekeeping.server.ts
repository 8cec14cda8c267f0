import { getServices } from "#platform";
import { deleteExpiredSessions } from "../../db/postgres";
import { orderRoom } from "../chat/order-room.server";
import { purgeExpiredThreads } from "../chat/purge-threads.server";

/** Removes what has run out: sessions, and threads that can no longer be restored. Safe at any time, also twice at once. */
export async function keepHouse(): Promise<void> {
  const services = getServices();
  const { db } = services;
  await deleteExpiredSessions(db);
  const { waiting } = await purgeExpiredThreads(db, (place) => orderRoom(services, place, "purge"));
  if (waiting > 0) throw new PurgeDelayedError(waiting);
}

/** Threads stay in the record until their rooms can be told. The next housekeeping tries again. */
class PurgeDelayedError extends Error {
  override readonly name = "PurgeDelayedError";
  constructor(readonly waiting: number) {
    super(`deleted threads that wait for their rooms to be purged: ${waiting}`);
  }
}
