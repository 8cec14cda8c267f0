/** With which code a process of Netra ends when it cannot start. Supervisors and deploys may rely on them. */
export const exitCodes = {
  /** Anything not named below: a bug. */
  unexpected: 70,
  /** A variable is missing or wrong. */
  configuration: 1,
  /** A URL or a store's stamp belongs to another environment or installation. */
  environment: 2,
  /** Postgres cannot be reached, or refuses the user. */
  postgres: 3,
  /** A migration failed, or what was migrated does not fit the files. */
  migration: 4,
  /** The development user or the demo dataset could not be written. */
  seed: 5,
  /** ClickHouse answers but refuses us; or it cannot be reached and the command cannot do without it. */
  clickhouse: 6,
  /** The address to listen on is taken or not allowed. */
  listen: 7,
  /** A live schema differs from what the code expects, or a server is too old. */
  drift: 8,
  /** Redis answers but refuses us. */
  redis: 9,
} as const;

export type StartupStage = Exclude<keyof typeof exitCodes, "unexpected">;

/** The start stopped at a stage. The message is for the person at the terminal: what, why, what to do. */
export class StartupError extends Error {
  override readonly name = "StartupError";
  readonly retryable = false;
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

/** The first line of an error, for a message: never its parameters or its cause. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
