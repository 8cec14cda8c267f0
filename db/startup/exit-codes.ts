/** With which code a process of Netra ends when it cannot start. Supervisors and deploys may rely on them. */
export const exitCodes = {
  /** Anything not named below: a bug. */
  unexpected: 70,
  /** A variable is missing or wrong. */
  configuration: 1,
  /** Postgres cannot be reached, or refuses the user. */
  postgres: 3,
  /** A migration of Postgres or ClickHouse failed; nothing is served on a half-migrated schema. */
  migration: 4,
  /** The development user or the demo dataset could not be written. */
  seed: 5,
  /** ClickHouse cannot be reached. */
  clickhouse: 6,
  /** The address to listen on is taken or not allowed. */
  listen: 7,
} as const;

export type StartupStage = Exclude<keyof typeof exitCodes, "unexpected">;

/** The start stopped at a stage. The message is for the person at the terminal: what, why, what to do. */
export class StartupError extends Error {
  override readonly name = "StartupError";
  constructor(
    readonly stage: StartupStage,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): number {
    return exitCodes[this.stage];
  }
}
