import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../client";
import { messages } from "../schema";

/** `withdrawn`: its author's, taken back before the crew began on it. */
export type MessageEnding = (typeof messages.$inferSelect)["ending"];

/** A message of the record. `text` is the protocol's RichText, to be parsed by whoever shows it. */
export interface StoredMessage {
  id: string;
  seq: number;
  role: "user" | "assistant";
  authorId: string | null;
  authorName: string | null;
  /** The question that a person's message follows; null for a first one. */
  parentId: string | null;
  runId: string | null;
  text: unknown;
  /** The protocol's choices; null on a message that does not ask back. */
  choices: unknown;
  writer: "rules" | "model" | null;
  ending: MessageEnding;
  createdAt: Date;
}

/** A thread's messages in order. */
export function listMessages(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredMessage[]> {
  return db.read((sql) =>
    sql
      .select({
        id: messages.id,
        seq: messages.seq,
        role: messages.role,
        authorId: messages.authorId,
        authorName: messages.authorName,
        parentId: messages.parentId,
        runId: messages.runId,
        text: messages.text,
        choices: messages.choices,
        writer: messages.writer,
        ending: messages.ending,
        createdAt: messages.createdAt,
      })
      .from(messages)
      .where(and(eq(messages.workspaceId, workspaceId), eq(messages.threadId, threadId)))
      .orderBy(asc(messages.seq)),
  );
}

/** The number under which a thread's message stands in its log; null when the record has none. */
export async function findMessageSeq(
  db: Database,
  {
    workspaceId,
    threadId,
    messageId,
  }: { workspaceId: string; threadId: string; messageId: string },
): Promise<number | null> {
  const [found] = await db.read((sql) =>
    sql
      .select({ seq: messages.seq })
      .from(messages)
      .where(
        and(
          eq(messages.workspaceId, workspaceId),
          eq(messages.threadId, threadId),
          eq(messages.id, messageId),
        ),
      ),
  );
  return found?.seq ?? null;
}
