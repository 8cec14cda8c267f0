import { z } from "zod";
import { numberedEventSchema } from "../../party/protocol";
import type { RoomDoor } from "./room-door.server";
import { type ApprovalView, emptyThreadView, foldSnapshot, type ThreadView } from "./thread-state";

const TIMEOUT_MS = 1_000;
/** A read answers about 1 MB; a run that asks has said less than this many of them. */
const READS_MAX = 8;

const answerSchema = z.object({ seq: z.number(), events: z.array(numberedEventSchema) });

/**
 * A record with what its waiting runs ask of people, which only the room knows. As it is when no run waits, or the room does not answer in time: the page then says that
 * it waits, and cannot show for what.
 */
export async function withOpenApprovals(
  record: ThreadView,
  room: { rooms: RoomDoor; threadId: string; ticket: () => Promise<string> },
  /** Number of a message in the thread. */
  seqOf: (messageId: string) => Promise<number | null>,
): Promise<ThreadView> {
  const asking = record.runs.find(({ state }) => state === "waiting-approval");
  if (!asking) return record;
  const after = (await seqOf(asking.messageId)) ?? 0;
  const { rooms, threadId } = room;
  const ticket = await room.ticket();
  const approvals = await readApprovals(rooms, threadId, ticket, after).catch(() => null);
  if (approvals === null) return record;
  const runs = record.runs.map((run) => ({ ...run, approvals: approvals.get(run.id) ?? [] }));
  return { ...record, runs };
}

async function readApprovals(
  rooms: RoomDoor,
  threadId: string,
  ticket: string,
  after: number,
): Promise<Map<string, ApprovalView[]>> {
  let view = { ...emptyThreadView, lastSeq: after };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (let reads = 0; reads < READS_MAX; reads++) {
    const response = await rooms(`/parties/main/${threadId}?after=${view.lastSeq}`, {
      headers: { Authorization: `Bearer ${ticket}` },
      signal,
    });
    const { seq, events } = answerSchema.parse(await response.json());
    const last = events.at(-1)?.seq;
    if (last === undefined) break;
    view = foldSnapshot(view, { seq: last, events });
    if (last >= seq) break;
  }
  return new Map(view.runs.map(({ id, approvals }) => [id, approvals]));
}
