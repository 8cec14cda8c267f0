import { z } from "zod";
import type { RoomRequest } from "../ports/room";
import { FRAME_MAX_BYTES, WAKE_AUDIENCE, type WakeClaims, wakeClaimsSchema } from "../protocol";
import { admit, type DoorRules, ticketOf, verified } from "./authorise";
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
 * `POST` what is stored under an id (`Writing`), `GET ?after=N` the events after N, `POST …/wake`.
 */
export async function answerRequest(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  if (isWake(request)) return wake(room, request);
  const entry = await room.enter(request, "http");
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

/** Opening the room is what wakes it: an interrupted run goes on by itself. */
async function wake(room: Room, request: RoomRequest): Promise<RoomAnswer> {
  const claims = await readWake(request, room.now, room.parts.rules);
  if (!claims) return refused("ticket-refused");
  const fits = claims.room === room.parts.threadId;
  const conversation = fits ? await room.open(claims.workspace) : null;
  if (!conversation) return refused("forbidden");
  await conversation.alarm();
  return { status: 200, body: conversation.standing };
}

/** Whether a request may reach the room at all; null when it may. For a check before the room wakes. */
export async function judgeRequest(
  roomId: string,
  request: RoomRequest,
  now: number,
  rules: DoorRules,
): Promise<RoomAnswer | null> {
  if (isWake(request)) {
    const claims = await readWake(request, now, rules);
    if (!claims) return refused("ticket-refused");
    return claims.room === roomId ? null : refused("forbidden");
  }
  const origin = request.headers.get("origin");
  const ticket = ticketOf(request);
  const admission = await admit({ roomId, ticket, origin, kind: "http", now }, rules);
  return admission.admitted ? null : refused(admission.code);
}

function isWake({ method, url }: RoomRequest): boolean {
  return method === "POST" && new URL(url).pathname.endsWith("/wake");
}

async function readWake(
  request: RoomRequest,
  now: number,
  rules: DoorRules,
): Promise<WakeClaims | null> {
  const visit = { ticket: ticketOf(request), now };
  const claims = wakeClaimsSchema.safeParse(await verified(visit, rules.secret, WAKE_AUDIENCE));
  return claims.success ? claims.data : null;
}

function refused(code: "ticket-refused" | "forbidden"): RoomAnswer {
  return { status: code === "forbidden" ? 403 : 401, body: { error: code } };
}
