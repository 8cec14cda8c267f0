/** One difference between what the code expects of a store and what stands there. */
export interface Drift {
  store: "postgres" | "clickhouse";
  /** What differs: `threads`, `threads.title`, `threads index threads_workspace_activity_idx`, `enum role`. */
  object: string;
  /** In words close to SQL: `text not null`; `nothing` for what should not be there. */
  expected: string;
  /** `nothing` for what is missing. */
  found: string;
  /**
   * Statements that bring the store to what is expected without losing data, each ended by `;` and one to
   * a line, to be run in order; they refuse rather than harm where rows stand in the way. Null when no
   * such statement exists and a person must decide.
   */
  mend: string | null;
}

/** The list for a person: one line per difference, the statement that mends it below. */
export function describeDrift(drifts: readonly Drift[]): string {
  return drifts
    .flatMap(({ object, expected, found, mend }) => [
      `${object}: expected ${expected}, found ${found}`,
      ...(mend === null ? ["    no statement mends this safely"] : indent(mend)),
    ])
    .join("\n");
}

function indent(mend: string): string[] {
  return mend.split("\n").map((statement) => `    ${statement}`);
}
