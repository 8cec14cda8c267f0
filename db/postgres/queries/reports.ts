import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../client";
import { reports } from "../schema";

export interface StoredReport {
  runId: string;
  title: string;
  writer: "rules" | "model";
  /** Report of the protocol. */
  body: unknown;
  createdAt: Date;
}

/** A thread's reports, oldest first. */
export function listReports(
  db: Database,
  { workspaceId, threadId }: { workspaceId: string; threadId: string },
): Promise<StoredReport[]> {
  return db.read((sql) =>
    sql
      .select({
        runId: reports.runId,
        title: reports.title,
        writer: reports.writer,
        body: reports.body,
        createdAt: reports.createdAt,
      })
      .from(reports)
      .where(and(eq(reports.workspaceId, workspaceId), eq(reports.threadId, threadId)))
      .orderBy(asc(reports.createdAt)),
  );
}
