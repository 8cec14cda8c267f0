import { z } from "zod";
import type { RoomRequest } from "../ports/room";
import { FRAME_MAX_BYTES } from "../protocol";
import { admit, type DoorRules, ticketOf } from "./authorise";
import { refusal, refusalStatus } from "./frames";
import { type RoomAnswer, refused } from "./http-answers";
import { isOrder, judgeOrder, obey } from "./orders";
import { readFrame } from "./read-frame";
import type { Room } from "./room";

const afterSchema = z.coerce.number().int().nonnegative().catch(0);

/**
 * The room without a socket, for the web server and the boot sweep:
 * `POST` what is stored under an id (`Writing`), `GET ?after=N` the events after N, `POST …/wake`, `…/order`.
 */
export async function answerRequest(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  if (isOrder(request)) return obey(room, request);
  const entry = await room.enter(request);
  if (!entry.admitted) return refused(entry.code);
  const { conversation, claims } = entry;
  if (request.method === "GET") {
    const after = new URL(request.url).searchParams.get("after");
    const events = await conversation.read(afterSchema.parse(after ?? 0));
    return { status: 200, body: { ...conversation.standing, events } };
  }
  if (request.method !== "POST") return { status: 405, body: { error: "method-not-allowed" } };
  if (Number(request.headers.get("content-length") ?? 0) > FRAME_MAX_BYTES) {
    return { status: 413, body: refusal("too-large", null) };
  }
  const frame = readFrame(await request.text());
  if (!frame.ok) return { status: refusalStatus(frame.refusal.code), body: frame.refusal };
  if (!("id" in frame.message)) {
    return { status: 400, body: refusal("malformed", null) };
  }
  const answer = await conversation.take(claims, frame.message);
  return {
    status: answer.type === "refusal" ? refusalStatus(answer.code) : 200,
    body: answer,
  };
}

/** Whether a request may reach the room at all; null when it may. For a check before the room wakes. */
export async function judgeRequest(
  roomId: string,
  request: RoomRequest,
  now: number,
  rules: DoorRules,
): Promise<RoomAnswer | null> {
  if (isOrder(request)) return judgeOrder(roomId, request, now, rules);
  const origin = request.headers.get("origin");
  const ticket = ticketOf(request);
  const admission = await admit({ roomId, ticket, origin, kind: "http", now }, rules);
  return admission.admitted ? null : refused(admission.code);
}
