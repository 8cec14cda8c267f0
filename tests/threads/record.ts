import { randomUUID } from "node:crypto";
import {
  createDatabase,
  createThread,
  type Database,
  recordThread,
  type SignedIn,
  signIn,
} from "../../db/postgres";
import { migratePostgres } from "../../db/postgres/migrate";
import { readMigrations } from "../../db/startup/migration-files";
import { startTestEngines } from "../embedded/support";

export interface TestRecord {
  db: Database;
  /** Where `db` is, for another process. */
  url: string;
  person(name: string): Promise<SignedIn>;
  /** A thread with this title; each message is a minute later than the one before. */
  thread(owner: SignedIn, title: string, texts?: readonly unknown[]): Promise<ThreadKey>;
  stop(): Promise<void>;
}

export interface ThreadKey {
  workspaceId: string;
  threadId: string;
}

/** A real, migrated PostgreSQL on a folder of its own. */
export async function startTestRecord(): Promise<TestRecord> {
  const engines = await startTestEngines({ only: { clickhouse: false, redis: false } });
  const url = engines.env.DATABASE_URL ?? "";
  const db = createDatabase({ DATABASE_URL: url });
  await migratePostgres(db, (await readMigrations()).postgres);
  let minutes = 0;
  return {
    db,
    url,
    stop: () => engines.stop(),
    person: (name) => signIn(db, { issuer: "test", subject: name, email: null, name }),
    async thread(owner, title, texts = []) {
      const key = { workspaceId: owner.workspaceId, threadId: randomUUID() };
      await createThread(db, {
        id: key.threadId,
        workspaceId: key.workspaceId,
        createdBy: owner.userId,
        title,
      });
      await recordThread(
        db,
        key,
        texts.map((text, place) => ({
          kind: "message-added",
          id: randomUUID(),
          seq: place + 1,
          role: place % 2 === 0 ? "user" : "assistant",
          authorId: place % 2 === 0 ? owner.userId : null,
          authorName: null,
          runId: null,
          text,
          writer: null,
          ending: "complete",
          at: new Date(Date.now() + ++minutes * 60_000),
        })),
      );
      return key;
    },
  };
}
