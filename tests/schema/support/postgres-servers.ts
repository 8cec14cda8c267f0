import { createDatabase, type Database } from "../../../db/postgres";
import { required, startTestEngines } from "../../embedded/support";
import { missing, startPostgres15 } from "../../support/debian-servers";

interface TestPostgres {
  /** The database that the server comes with, empty. */
  db: Database;
  /** Makes another, empty one. */
  another(name: string): Promise<Database>;
  stop(): Promise<void>;
}

/** The newest and the oldest PostgreSQL that Netra runs on, both behind the Neon protocol. */
export const postgresServers = [
  {
    name: "PostgreSQL 18",
    version: /^18\./,
    lacks: null,
    start: () => startBehindNeon(undefined, async () => undefined),
  },
  {
    name: "PostgreSQL 15",
    version: /^15\./,
    lacks: missing.postgres15,
    start: async () => {
      const server = await startPostgres15();
      return startBehindNeon(server.url, server.stop);
    },
  },
];

async function startBehindNeon(
  postgresUrl: string | undefined,
  stopServer: () => Promise<void>,
): Promise<TestPostgres> {
  const engines = await startTestEngines({
    only: { clickhouse: false, redis: false },
    upstream: { postgresUrl },
  });
  const url = required(engines.env.DATABASE_URL);
  const db = createDatabase({ DATABASE_URL: url });
  return {
    db,
    another: async (name) => {
      await db.write((sql) => sql.execute(`create database "${name}"`));
      const other = new URL(url);
      other.pathname = `/${name}`;
      return createDatabase({ DATABASE_URL: other.href });
    },
    stop: async () => {
      await engines.stop();
      await stopServer();
    },
  };
}

/** Runs the statements in one transaction. */
export function runSql(db: Database, statements: readonly string[]) {
  return db.write((sql) => {
    const [first, ...rest] = statements.map((statement) => sql.execute(statement));
    if (!first) throw new Error("nothing to run");
    return sql.batch([first, ...rest]);
  });
}
