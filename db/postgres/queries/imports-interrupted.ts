import { and, eq, lt, sql as raw } from "drizzle-orm";
import type { Database } from "../client";
import { imports } from "../schema";

export interface ImportPlace {
  workspaceId: string;
  importId: string;
}

/** Says that the import's process lives. False when the import does not run any more. */
export async function beatImport(
  db: Database,
  { workspaceId, importId }: ImportPlace,
): Promise<boolean> {
  const beaten = await db.write(
    (sql) =>
      sql
        .update(imports)
        .set({ heartbeatAt: raw`now()` })
        .where(
          and(
            eq(imports.id, importId),
            eq(imports.workspaceId, workspaceId),
            eq(imports.state, "running"),
          ),
        )
        .returning({ id: imports.id }),
    { idempotent: true },
  );
  return beaten.length > 0;
}

/** By the database's clock, so that clocks of servers do not matter. */
const silentFor = (silentMs: number) =>
  and(
    eq(imports.state, "running"),
    lt(imports.heartbeatAt, raw`now() - ${silentMs} * interval '1 millisecond'`),
  );

/** Running imports of all workspaces whose process has said nothing for so long. */
export function listSilentImports(
  db: Database,
  { silentMs }: { silentMs: number },
): Promise<ImportPlace[]> {
  return db.read((sql) =>
    sql
      .select({ workspaceId: imports.workspaceId, importId: imports.id })
      .from(imports)
      .where(silentFor(silentMs)),
  );
}

/**
 * Ends an import whose process has said nothing for so long. Null, and nothing is changed, when it has
 * ended or said something since. Otherwise its dataset, whose rows of this import count nowhere.
 */
export async function failSilentImport(
  db: Database,
  { workspaceId, importId, silentMs }: ImportPlace & { silentMs: number },
): Promise<{ datasetId: string } | null> {
  const [failed] = await db.write((sql) =>
    sql
      .update(imports)
      .set({
        state: "failed",
        problem: raw`'Interrupted: the server stopped while it read the file. '
          || ${imports.rowsAccepted} || ' rows had been stored by then; none of them counts. Import the file again.'`,
        rowsAccepted: 0,
        finishedAt: raw`now()`,
      })
      .where(
        and(eq(imports.id, importId), eq(imports.workspaceId, workspaceId), silentFor(silentMs)),
      )
      .returning({ datasetId: imports.datasetId }),
  );
  return failed ?? null;
}
