import { createThread, type Database, type SignedIn } from "../../db/postgres";
import { createThreadStore } from "../../party/adapters/thread-store";
import type { ThreadEvent } from "../../party/protocol";
import { numbered, wholeRun } from "../app/report-fixture";

/** A thread with the whole run of the fixture, as a room delivers it. Once per database: its ids are fixed. */
export async function recordWholeRun(
  db: Database,
  { userId, workspaceId }: SignedIn,
  { threadId, title }: { threadId: string; title: string },
): Promise<void> {
  await createThread(db, { id: threadId, workspaceId, createdBy: userId, title });
  const events = numbered(wholeRun.map((event) => ofWorkspace(event, { userId, workspaceId })));
  await createThreadStore(db).applyEvents({ workspaceId, threadId }, events);
}

function ofWorkspace(event: ThreadEvent, { userId, workspaceId }: SignedIn): ThreadEvent {
  switch (event.type) {
    case "message-added": {
      const author = event.message.author && { ...event.message.author, id: userId };
      return { ...event, message: { ...event.message, author } };
    }
    case "evidence-recorded": {
      const parameters = { ...event.evidence.parameters, workspace: workspaceId };
      return { ...event, evidence: { ...event.evidence, parameters } };
    }
    default:
      return event;
  }
}
