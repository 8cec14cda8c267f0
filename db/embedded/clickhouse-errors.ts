/** An error with ClickHouse's own text and code, as its HTTP interface would send it. */
export class ClickHouseFailure extends Error {
  override readonly name = "ClickHouseFailure";
  constructor(
    /** For example `Code: 60. DB::Exception: Unknown table … (UNKNOWN_TABLE)`. */
    message: string,
    readonly code: number,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Reads the code out of an error of the engine. */
export function failureFrom(error: unknown): ClickHouseFailure {
  if (error instanceof ClickHouseFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = Number(/Code: (\d+)\./.exec(text)?.[1] ?? 1002);
  const message = text.startsWith("Code:")
    ? text
    : `Code: ${code}. DB::Exception: ${text}. (UNKNOWN_EXCEPTION)`;
  return new ClickHouseFailure(message, code, statusByCode[code] ?? 500);
}

/** Failures that the endpoint finds before the engine is asked, in the engine's words. */
export const failures = {
  authentication: (user: string) =>
    failure(
      516,
      `${user}: Authentication failed: password is incorrect, or there is no user with such name`,
      "AUTHENTICATION_FAILED",
    ),
  multipleStatements: () =>
    failure(62, "Syntax error (Multi-statements are not allowed)", "SYNTAX_ERROR"),
  emptyQuery: () => failure(62, "Syntax error: Empty query", "SYNTAX_ERROR"),
  tooManyQueries: (limit: number) =>
    failure(
      202,
      `Too many simultaneous queries. Maximum: ${limit}`,
      "TOO_MANY_SIMULTANEOUS_QUERIES",
    ),
  tooLarge: (limitBytes: number) =>
    failure(307, `Request body is larger than ${limitBytes} bytes`, "TOO_MANY_BYTES"),
  encoding: (name: string) =>
    failure(89, `Unknown compression method: ${name}`, "UNKNOWN_COMPRESSION_METHOD"),
  badBody: (why: string) =>
    failure(27, `Cannot parse request body: ${why}`, "CANNOT_PARSE_INPUT_ASSERTION_FAILED"),
  badSetting: (name: string) => failure(115, `Unknown setting '${name}'`, "UNKNOWN_SETTING"),
  cancelled: () => failure(394, "Query was cancelled", "QUERY_WAS_CANCELLED"),
  notFound: (path: string) => failure(1000, `There is no handle ${path}`, "POCO_EXCEPTION", 404),
};

function failure(code: number, text: string, name: string, status = statusByCode[code] ?? 500) {
  return new ClickHouseFailure(`Code: ${code}. DB::Exception: ${text}. (${name})`, code, status);
}

/** The part of ClickHouse's own mapping that callers could meet; everything else is a 500. */
const statusByCode: Record<number, number> = {
  27: 400,
  36: 400,
  43: 400,
  47: 404,
  46: 404,
  60: 404,
  62: 400,
  81: 404,
  89: 400,
  115: 404,
  202: 503,
  307: 413,
  456: 400,
  457: 400,
  516: 403,
};
