import { z } from "zod";
import type { ThreadPlace } from "../../db/postgres";
import type { RedisCache } from "../../db/redis";

/** Rooms remembered per sign-in, the newest; and for how long. */
const REMEMBERED = 20;
const SECONDS = 24 * 60 * 60;

const placesSchema = z.array(z.object({ workspaceId: z.uuid(), threadId: z.uuid() })).catch([]);

const keyOf = (session: string) => `session-rooms:${session}`;

/**
 * Remembers that a sign-in was given a ticket to a room, so that the room can be told when it ends. A
 * cache: what it forgets the room finds out by itself within a minute.
 * @throws RedisUnavailableError
 */
export async function rememberRoom(
  redis: RedisCache,
  session: string,
  place: ThreadPlace,
): Promise<void> {
  const known = await roomsOf(redis, session);
  if (known[0]?.threadId === place.threadId) return;
  const others = known.filter(({ threadId }) => threadId !== place.threadId);
  const rooms = [place, ...others].slice(0, REMEMBERED);
  await redis.set(keyOf(session), rooms, { seconds: SECONDS });
}

/** The rooms that the sign-in was given tickets to lately. @throws RedisUnavailableError */
export async function roomsOf(redis: RedisCache, session: string): Promise<ThreadPlace[]> {
  return placesSchema.parse(await redis.get(keyOf(session)));
}
