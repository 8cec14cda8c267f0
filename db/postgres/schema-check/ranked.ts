import type { Drift } from "../../drift";

/** A difference and its place in the order in which mending statements must run. */
export interface Ranked {
  rank: number;
  drift: Drift;
}

/** Enums and tables before columns, columns before keys, keys before what refers to them. */
export const ranks = {
  enum: 0,
  table: 1,
  column: 2,
  "extra foreign key": 3,
  "primary key": 4,
  unique: 5,
  exclusion: 5,
  "foreign key": 6,
  check: 7,
  index: 8,
  "extra enum": 9,
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
