import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../client";
import { evidence } from "../schema";

export interface StoredEvidence {
  id: string;
  runId: string;
  stepId: string;
  label: string;
  /** Evidence of the protocol. */
  body: unknown;
  createdAt: Date;
}

const columns = {
  id: evidence.id,
  runId: evidence.runId,
  stepId: evidence.stepId,
  label: evidence.label,
  body: evidence.body,
  createdAt: evidence.createdAt,
};

/** The evidence with this label (`E7`) in the thread; null when there is none. */
export async function findEvidence(
  db: Database,
  params: { workspaceId: string; threadId: string; label: string },
): Promise<StoredEvidence | null> {
  const [row] = await db.read((sql) =>
    sql
      .select(columns)
      .from(evidence)
      .where(
        and(
          eq(evidence.workspaceId, params.workspaceId),
          eq(evidence.threadId, params.threadId),
          eq(evidence.label, params.label),
        ),
      ),
  );
  return row ?? null;
}

/** All evidence of a thread, in the order it was recorded. */
export function listEvidence(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredEvidence[]> {
  return db.read((sql) =>
    sql
      .select(columns)
      .from(evidence)
      .where(and(eq(evidence.workspaceId, workspaceId), eq(evidence.threadId, threadId)))
      .orderBy(asc(evidence.createdAt), asc(evidence.id)),
  );
}
