import { SignJWT } from "jose";
import type { ThreadPlace } from "../../db/postgres";
import { withRetry } from "../../db/retry";
import { ORDER_AUDIENCE, type OrderClaims, type RoomOrder } from "../../party/protocol";
import { RoomUnreachable } from "./post-message.server";
import type { RoomDoor } from "./room-door.server";

const TIMEOUT_MS = 5_000;
const LIFETIME_SECONDS = 60;
/** How long a page waits for a room to hear of a change, ms; what comes later goes on by itself. */
const SOON_MS = 1_000;

interface Rooms {
  config: { ROOM_TICKET_SECRET: string };
  rooms: RoomDoor;
}

/**
 * Tells a thread's room to look at the record, or to forget the thread for good. Safe to repeat.
 * @throws RoomUnreachable after three attempts
 */
export function orderRoom(
  { config, rooms }: Rooms,
  { workspaceId, threadId }: ThreadPlace,
  order: RoomOrder,
): Promise<void> {
  return withRetry(
    { attempts: 3, firstWaitMs: 250 },
    async () => {
      const claims: Omit<OrderClaims, "aud" | "exp"> = {
        room: threadId,
        workspace: workspaceId,
        order,
      };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(ORDER_AUDIENCE)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS)
        .sign(new TextEncoder().encode(config.ROOM_TICKET_SECRET));
      const answer = await rooms(`/parties/main/${threadId}/order`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new RoomUnreachable(threadId, cause);
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new RoomUnreachable(threadId, new Error(`HTTP ${answer.status}`));
    },
    (error) => error instanceof RoomUnreachable,
  );
}

/** Resolves when the work is done, has failed, or takes longer than a page should wait for it. */
export async function soon(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SOON_MS);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
