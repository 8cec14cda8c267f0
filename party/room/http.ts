import { z } from "zod";
import type { RoomRequest } from "../ports/room";
import { FRAME_MAX_BYTES, WAKE_AUDIENCE, wakeClaimsSchema } from "../protocol";
import { ticketOf, verified } from "./authorise";
import { refusal, refusalStatus } from "./frames";
import { readFrame } from "./read-frame";
import type { Room } from "./room";

/** What the room answers over HTTP: a JSON body and its status. */
export interface RoomAnswer {
  status: number;
  body: unknown;
}

const afterSchema = z.coerce.number().int().nonnegative().catch(0);

/**
 * The room without a socket, for the web server and the boot sweep:
 * `POST` a message.send, `GET ?after=N` the events after N, `POST …/wake`.
 */
export async function answerRequest(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.endsWith("/wake") && request.method === "POST") return wake(room, request);
  const entry = await room.enter(request, "http");
  if (!entry.admitted) {
    const status = entry.code === "forbidden" ? 403 : 401;
    return { status, body: { error: entry.code } };
  }
  const { conversation, claims } = entry;
  if (request.method === "GET") {
    const events = await conversation.read(afterSchema.parse(searchParams.get("after") ?? 0));
    return { status: 200, body: { ...conversation.standing, events } };
  }
  if (request.method !== "POST") return { status: 405, body: { error: "method-not-allowed" } };
  if (Number(request.headers.get("content-length") ?? 0) > FRAME_MAX_BYTES) {
    return { status: 413, body: refusal("too-large", null) };
  }
  const frame = readFrame(await request.text());
  if (!frame.ok) return { status: refusalStatus(frame.refusal.code), body: frame.refusal };
  if (frame.message.type !== "message.send") {
    return { status: 400, body: refusal("malformed", null) };
  }
  const answer = await conversation.say(claims, frame.message);
  return {
    status: answer.type === "refusal" ? refusalStatus(answer.code) : 200,
    body: answer,
  };
}

/** Opening the room is what wakes it: an interrupted run goes on by itself. */
async function wake(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  const visit = { ticket: ticketOf(request), now: room.now };
  const claims = wakeClaimsSchema.safeParse(
    await verified(visit, room.parts.rules.secret, WAKE_AUDIENCE),
  );
  if (!claims.success) return { status: 401, body: { error: "ticket-refused" } };
  const conversation =
    claims.data.room === room.parts.threadId ? await room.open(claims.data.workspace) : null;
  if (!conversation) return { status: 403, body: { error: "forbidden" } };
  await conversation.alarm();
  return { status: 200, body: conversation.standing };
}
