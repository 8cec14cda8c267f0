/** One thing that a hand can do to a migrated store, and what must be said about it. */
export interface Damage {
  what: string;
  sql: string[];
  /** Each a whole line of the list for people. */
  says: string[];
  /** Whether a row stands in ClickHouse's `calls_v1` while it happens. */
  withRows?: boolean;
  /** Present when no statement mends it: what brings the schema back. */
  undo?: string[];
}
