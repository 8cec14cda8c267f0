import type { RoomRequest } from "../ports/room";
import {
  ORDER_AUDIENCE,
  orderClaimsSchema,
  type RoomOrder,
  WAKE_AUDIENCE,
  wakeClaimsSchema,
} from "../protocol";
import { type DoorRules, ticketOf, verified } from "./authorise";
import { type RoomAnswer, refused } from "./http-answers";
import type { Room } from "./room";

/** What the other processes of Netra, not people, ask of a room. */
interface Order {
  room: string;
  workspace: string;
  order: "wake" | RoomOrder;
}

export function isOrder({ method, url }: RoomRequest): boolean {
  return method === "POST" && /\/(wake|order)$/.test(new URL(url).pathname);
}

/** Whether the order may reach the room at all; null when it may. */
export async function judgeOrder(
  roomId: string | null,
  request: RoomRequest,
  now: number,
  rules: DoorRules,
): Promise<RoomAnswer | null> {
  const order = await readOrder(request, now, rules);
  if (order === null) return refused("ticket-refused");
  return order.room === roomId ? null : refused("forbidden");
}

/** Does what a signed order says. Doing it twice is like doing it once. @throws RoomWriteError */
export async function obey(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  const { threadId, rules } = room.parts;
  const refusal = await judgeOrder(threadId, request, room.now, rules);
  const order = await readOrder(request, room.now, rules);
  if (refusal !== null || order === null) return refusal ?? refused("ticket-refused");
  if (order.order === "purge") {
    const purged = await room.purge(order.workspace);
    return purged ? { status: 200, body: { purged: true } } : refused("forbidden");
  }
  const conversation = await room.open(order.workspace);
  if (!conversation) return refused("forbidden");
  const seen = await conversation.look();
  if (order.order === "look" && !seen) return { status: 503, body: { error: "record-away" } };
  // Opening the room is what wakes it: an interrupted run goes on by itself.
  await conversation.alarm();
  const body = { ...conversation.standing, refused: await conversation.countRefused() };
  return { status: 200, body };
}

async function readOrder(
  request: RoomRequest,
  now: number,
  { secret }: DoorRules,
): Promise<Order | null> {
  const visit = { ticket: ticketOf(request), now };
  if (new URL(request.url).pathname.endsWith("/wake")) {
    const wake = wakeClaimsSchema.safeParse(await verified(visit, secret, WAKE_AUDIENCE));
    return wake.success ? { ...wake.data, order: "wake" } : null;
  }
  const order = orderClaimsSchema.safeParse(await verified(visit, secret, ORDER_AUDIENCE));
  return order.success ? order.data : null;
}
