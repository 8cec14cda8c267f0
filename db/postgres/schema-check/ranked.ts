import type { Drift } from "../../drift";

/** A difference and its place in the order in which mending statements must run. */
export interface Ranked {
  rank: number;
  drift: Drift;
}

/** Enums, functions and tables before columns, columns before keys, keys before what refers to them. */
export const ranks = {
  enum: 0,
  function: 1,
  table: 2,
  column: 3,
  "extra foreign key": 4,
  "primary key": 5,
  unique: 6,
  exclusion: 6,
  "foreign key": 7,
  check: 8,
  index: 9,
  "extra enum": 10,
} as const;

export const NOTHING = "nothing";

export function difference(
  rank: number,
  object: string,
  [expected, found]: [string, string],
  mend: string | null,
): Ranked {
  return { rank, drift: { store: "postgres", object, expected, found, mend } };
}
