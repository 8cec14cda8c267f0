import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../client";
import { modelCalls } from "../schema";

export interface StoredModelCall {
  runId: string;
  /** ModelCall of the protocol. */
  body: unknown;
}

/** The calls of language models that a thread's runs made, oldest first. */
export function listModelCalls(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredModelCall[]> {
  return db.read((sql) =>
    sql
      .select({ runId: modelCalls.runId, body: modelCalls.body })
      .from(modelCalls)
      .where(and(eq(modelCalls.workspaceId, workspaceId), eq(modelCalls.threadId, threadId)))
      .orderBy(asc(modelCalls.startedAt), asc(modelCalls.id)),
  );
}
