import { z } from "zod";

/** What every store of an installation carries, so that no process works on a store of another one. */
export interface Stamp {
  /** `NETRA_ENV` of the processes that work on the store. */
  environment: string;
  /** Random, made once with the first start on an empty Postgres; the same in every store. */
  installation: string;
}

export const stampSchema: z.ZodType<Stamp> = z.object({
  environment: z.string().min(1),
  installation: z.string().min(1),
});

export type StoreName = "Postgres" | "ClickHouse" | "Redis" | "room storage";

/** What reading a store's stamp gave. */
export type StampReading =
  | { state: "stamped"; stamp: Stamp }
  /** No stamp. `empty`: nothing else stands there either. */
  | { state: "unstamped"; empty: boolean };

/** A store belongs to another environment or installation than the process that opened it. */
export class ForeignStampError extends Error {
  override readonly name = "ForeignStampError";
  readonly retryable = false;
  constructor(
    readonly store: StoreName,
    reason: string,
  ) {
    super(`${store} ${reason}`);
  }
}

/**
 * Whether a process may work on a store with this stamp. `installation` null: not known yet, any will do.
 * @throws ForeignStampError
 */
export function assertOwnStamp(
  store: StoreName,
  stamp: Stamp,
  own: { environment: string; installation: string | null },
): void {
  if (stamp.environment !== own.environment) {
    throw new ForeignStampError(
      store,
      `is stamped for ${stamp.environment}, but NETRA_ENV is ${own.environment}.`,
    );
  }
  if (own.installation !== null && stamp.installation !== own.installation) {
    throw new ForeignStampError(
      store,
      `belongs to the installation ${stamp.installation}, but this one is ${own.installation}.`,
    );
  }
}

/** The one stamp among the rows of a store; null for none. @throws ForeignStampError for two, or none readable */
export function stampOf(store: StoreName, rows: readonly unknown[]): Stamp | null {
  if (rows.length === 0) return null;
  const stamps = z.array(stampSchema).length(1).safeParse(rows);
  const [stamp] = stamps.data ?? [];
  if (stamp) return stamp;
  throw new ForeignStampError(store, "carries a stamp that cannot be read, or more than one.");
}
