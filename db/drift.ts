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

const storeNames = { postgres: "Postgres", clickhouse: "ClickHouse" } as const;

/** The list for a person, store by store: one line per difference, the statements that mend it below. */
export function describeDrift(drifts: readonly Drift[]): string {
  return (["postgres", "clickhouse"] as const)
    .flatMap((store) => {
      const own = drifts.filter((drift) => drift.store === store);
      return own.length === 0 ? [] : [`In ${storeNames[store]}:`, ...own.flatMap(lines)];
    })
    .join("\n");
}

function lines({ object, expected, found, mend }: Drift): string[] {
  const statements = mend?.split("\n") ?? ["no statement mends this safely"];
  return [
    `${object}: expected ${expected}, found ${found}`,
    ...statements.map((statement) => `    ${statement}`),
  ];
}
