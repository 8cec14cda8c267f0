import {
  type Database,
  listExpiredThreads,
  purgeThread,
  type ThreadPlace,
} from "../../db/postgres";
import { RoomUnreachable } from "./post-message.server";

/** Threads removed in one go, so that housekeeping never holds up a server. */
const AT_ONCE = 100;

/**
 * Housekeeping: removes for good what was deleted too long ago to be restored, first from its room and
 * then from the record. What a room could not be told of stays in the record, and is tried again with the
 * next housekeeping.
 * @param purgeRoom tells the thread's room to forget it; throws RoomUnreachable
 * @returns how many were removed, and how many must wait for their room
 */
export async function purgeExpiredThreads(
  db: Database,
  purgeRoom: (place: ThreadPlace) => Promise<void>,
): Promise<{ purged: number; waiting: number }> {
  const expired = await listExpiredThreads(db, { limit: AT_ONCE });
  let purged = 0;
  for (const place of expired) {
    try {
      await purgeRoom(place);
    } catch (error) {
      if (!(error instanceof RoomUnreachable)) throw error;
      // The next one would wait for the same rooms server.
      break;
    }
    if (await purgeThread(db, place)) purged += 1;
  }
  return { purged, waiting: expired.length - purged };
}
