import { type Database, listExpiredThreads, purgeThread } from "../../db/postgres";

/** Threads removed in one go, so that housekeeping never holds up a server. */
const AT_ONCE = 100;

/** Housekeeping: removes for good what was deleted too long ago to be restored. */
export async function purgeExpiredThreads(db: Database): Promise<void> {
  for (const place of await listExpiredThreads(db, { limit: AT_ONCE })) {
    await purgeThread(db, place);
  }
}
