import pg from "pg";

/** One statement as the Neon clients send it: text with `$1` placeholders and values as text. */
export interface NeonQuery {
  query: string;
  params?: unknown[] | undefined;
}

/** The request headers that shape an answer or a batch; names and values as Neon defines them. */
export interface NeonOptions {
  arrayMode: boolean;
  rawText: boolean;
  isolationLevel?: string | undefined;
  readOnly?: boolean | undefined;
  deferrable?: boolean | undefined;
}

export interface NeonResult {
  command: string;
  rowCount: number | null;
  rowAsArray: boolean;
  rows: unknown[];
  fields: Record<string, unknown>[];
}

const isolationLevels: Record<string, string> = {
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
  Serializable: "SERIALIZABLE",
};

/** Thrown for a batch option that Neon does not know; the client must change its request. */
export class UnknownIsolationLevelError extends Error {
  override readonly name = "UnknownIsolationLevelError";
  constructor(readonly level: string) {
    super(`Unknown isolation level "${level}".`);
  }
}

export async function runNeonQuery(
  client: pg.ClientBase,
  query: NeonQuery,
  options: NeonOptions,
): Promise<NeonResult> {
  const result = await client.query({
    text: query.query,
    values: query.params ?? [],
    rowMode: "array",
    types: asText,
    // Always the extended protocol: like Neon, one statement per request.
    ...{ queryMode: "extended" },
  } as pg.QueryArrayConfig);
  const fields = result.fields.map((field) => ({
    name: field.name,
    tableID: field.tableID,
    columnID: field.columnID,
    dataTypeID: field.dataTypeID,
    dataTypeSize: field.dataTypeSize,
    dataTypeModifier: field.dataTypeModifier,
    format: field.format,
  }));
  const rows = (result.rows as (string | null)[][]).map((row) => {
    const values: unknown[] = options.rawText
      ? row
      : row.map((value, index) => parsed(value, result.fields[index]?.dataTypeID));
    return options.arrayMode
      ? values
      : Object.fromEntries(values.map((value, index) => [result.fields[index]?.name, value]));
  });
  return {
    command: result.command,
    rowCount: result.rowCount,
    rowAsArray: options.arrayMode,
    rows,
    fields,
  };
}

/** Runs all queries in one transaction; the first failure undoes everything. */
export async function runNeonBatch(
  client: pg.ClientBase,
  queries: NeonQuery[],
  options: NeonOptions,
): Promise<NeonResult[]> {
  await client.query(beginStatement(options));
  try {
    const results: NeonResult[] = [];
    for (const query of queries) results.push(await runNeonQuery(client, query, options));
    await client.query("COMMIT");
    return results;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

function beginStatement(options: NeonOptions): string {
  const parts = ["BEGIN"];
  if (options.isolationLevel !== undefined) {
    const level = isolationLevels[options.isolationLevel];
    if (level === undefined) throw new UnknownIsolationLevelError(options.isolationLevel);
    parts.push(`ISOLATION LEVEL ${level}`);
  }
  if (options.readOnly !== undefined) parts.push(options.readOnly ? "READ ONLY" : "READ WRITE");
  if (options.deferrable !== undefined) {
    parts.push(options.deferrable ? "DEFERRABLE" : "NOT DEFERRABLE");
  }
  return parts.join(" ");
}

const asText = { getTypeParser: () => (value: string) => value };

const { BOOL, INT2, INT4, OID, FLOAT4, FLOAT8, JSON: JSON_TYPE, JSONB } = pg.types.builtins;

/** Without `Neon-Raw-Text-Output`, what JSON can express exactly arrives as JSON; the rest stays text. */
function parsed(value: string | null, type: number | undefined): unknown {
  if (value === null) return null;
  switch (type) {
    case BOOL:
      return value === "t";
    case INT2:
    case INT4:
    case OID:
      return Number(value);
    case FLOAT4:
    case FLOAT8: {
      const number = Number(value);
      return Number.isFinite(number) ? number : value;
    }
    case JSON_TYPE:
    case JSONB:
      return JSON.parse(value);
    default:
      return value;
  }
}
