/** Postgres could not be reached, or broke off. Asking again may help; `attempts` were made. */
export class PostgresUnreachableError extends Error {
  override readonly name = "PostgresUnreachableError";
  readonly retryable = true;
  constructor(
    readonly attempts: number,
    cause: unknown,
  ) {
    super(
      `Postgres could not be reached (${attempts} ${attempts === 1 ? "attempt" : "attempts"})`,
      {
        cause,
      },
    );
  }
}

/** Postgres did not answer in time. Whether a write happened is not known. */
export class PostgresTimeoutError extends Error {
  override readonly name = "PostgresTimeoutError";
  readonly retryable = true;
  constructor(
    readonly timeoutMs: number,
    cause: unknown,
  ) {
    super(`Postgres did not answer within ${timeoutMs} ms`, { cause });
  }
}

/** Postgres refused a statement. `code` is its SQLSTATE; the message never shows parameters. */
export class PostgresQueryError extends Error {
  override readonly name = "PostgresQueryError";
  constructor(
    readonly code: string | null,
    readonly constraint: string | null,
    readonly reason: string,
    readonly retryable: boolean,
    cause: unknown,
  ) {
    super(`Postgres refused a statement${code === null ? "" : ` (${code})`}: ${reason}`, { cause });
  }
}

type PostgresError = PostgresUnreachableError | PostgresTimeoutError | PostgresQueryError;

function isPostgresError(error: unknown): error is PostgresError {
  return (
    error instanceof PostgresUnreachableError ||
    error instanceof PostgresTimeoutError ||
    error instanceof PostgresQueryError
  );
}

/** SQLSTATE classes after which the same statement may succeed: connection, resources, shutdown, rolled back. */
const TRANSIENT = /^(08|53|57P0[1-3]|40)/;
const UNREACHABLE = /^(08|57P0[1-3])/;

/** Whether the failure says no more than that Postgres does not answer just now. */
export function isPostgresAway(error: unknown): boolean {
  return (
    error instanceof PostgresUnreachableError ||
    error instanceof PostgresTimeoutError ||
    (error instanceof PostgresQueryError && error.retryable)
  );
}

/**
 * What a driver's error means. Drivers and drizzle wrap one another (`cause`, `sourceError`), and
 * drizzle's message carries the parameters, so the innermost telling error is looked for.
 */
export function postgresErrorOf(error: unknown, timeoutMs: number): PostgresError {
  if (isPostgresError(error)) return error;
  const chain = causesOf(error);
  for (const link of chain) {
    const code = textField(link, "code");
    if (code !== null && /^[0-9A-Z]{5}$/.test(code)) {
      if (UNREACHABLE.test(code)) return new PostgresUnreachableError(1, link);
      const reason = textField(link, "message") ?? "no reason given";
      return new PostgresQueryError(
        code,
        textField(link, "constraint"),
        reason,
        TRANSIENT.test(code),
        link,
      );
    }
  }
  if (chain.some((link) => /TimeoutError|timeout/i.test(textOf(link)))) {
    return new PostgresTimeoutError(timeoutMs, innermost(chain));
  }
  if (chain.some((link) => LOST.test(textOf(link)) || isErrorEvent(link))) {
    return new PostgresUnreachableError(1, innermost(chain));
  }
  const cause = innermost(chain);
  return new PostgresQueryError(null, null, textField(cause, "message") ?? "unknown", false, cause);
}

const LOST =
  /Error connecting to database|Server error \(HTTP status 5|fetch failed|Connection terminated|ECONNREFUSED|ECONNRESET|EPIPE|WebSocket|socket hang up/i;

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== null && link !== undefined && chain.length < 8; ) {
    chain.push(link);
    link =
      typeof link === "object"
        ? "sourceError" in link && link.sourceError !== undefined
          ? link.sourceError
          : "cause" in link
            ? link.cause
            : undefined
        : undefined;
  }
  return chain;
}

function innermost(chain: readonly unknown[]): unknown {
  return chain.at(-1);
}

/** `ws` and browsers report a failed socket by an event that is no Error. */
function isErrorEvent(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "error";
}

function textOf(value: unknown): string {
  return value instanceof Error && value.name !== "DrizzleQueryError"
    ? `${value.name} ${value.message.startsWith("Failed query") ? "" : value.message}`
    : "";
}

function textField(value: unknown, field: string): string | null {
  if (typeof value !== "object" || value === null || !(field in value)) return null;
  const found: unknown = Reflect.get(value, field);
  return typeof found === "string" ? found : null;
}
