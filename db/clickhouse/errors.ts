/** No answer came from ClickHouse: refused, reset, timed out on the way. Trying later can help. */
export class ClickHouseUnreachableError extends Error {
  override readonly name: string = "ClickHouseUnreachableError";
  readonly retryable = true;
  constructor(
    readonly query: string,
    readonly attempts: number,
    override readonly cause: unknown,
    happened = "could not be reached",
  ) {
    super(
      `ClickHouse, which holds the calls, ${happened} ("${query}", ${attempts} ${attempts === 1 ? "attempt" : "attempts"})`,
    );
  }
}

/** It took the question and did not answer within the time that its own limit leaves it: it hangs. */
export class ClickHouseSilentError extends ClickHouseUnreachableError {
  override readonly name = "ClickHouseSilentError";
  constructor(
    query: string,
    attempts: number,
    readonly waitedMs: number,
    cause: unknown,
  ) {
    super(query, attempts, cause, `did not answer within ${waitedMs / 1000} s`);
  }
}

/** ClickHouse answered with an error. */
export class ClickHouseQueryError extends Error {
  override readonly name = "ClickHouseQueryError";
  /** Whether the same query may succeed later (the server was busy). */
  readonly retryable: boolean;
  constructor(
    readonly query: string,
    /** ClickHouse's error code, e.g. 62 for a syntax error. */
    readonly code: number,
    /** ClickHouse's name of it, e.g. SYNTAX_ERROR. */
    readonly type: string,
    override readonly cause: unknown,
  ) {
    const limit = limitCodes.get(code);
    super(
      limit
        ? `"${query}" was stopped: it went over its limit of ${limit}`
        : `"${query}" failed with ClickHouse error ${code} (${type})`,
    );
    this.retryable = busyCodes.has(code);
  }

  /** Which of the limits of a query was exceeded, if one was. */
  get limit(): string | null {
    return limitCodes.get(this.code) ?? null;
  }
}

/** The answer did not have the promised shape: a fault of ours or a server of another version. */
export class ClickHouseShapeError extends Error {
  override readonly name = "ClickHouseShapeError";
  readonly retryable = false;
  constructor(
    readonly query: string,
    override readonly cause: unknown,
  ) {
    super(`ClickHouse answered "${query}" in an unexpected shape`);
  }
}

const limitCodes = new Map([
  [159, "time"],
  [160, "time"],
  [241, "memory"],
  [396, "result rows"],
  [158, "rows read"],
]);

/** TOO_MANY_SIMULTANEOUS_QUERIES, and two of a server that is starting or stopping. */
const busyCodes = new Set([202, 236, 425]);
