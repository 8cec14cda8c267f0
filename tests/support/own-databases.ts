import { randomBytes } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { createClickHouse } from "../../db/clickhouse";
import type { Engines } from "../../db/embedded";
import { startRedisEndpoint } from "../../db/embedded/redis-endpoint";
import { createDatabase } from "../../db/postgres";
import { required } from "../embedded/support";

export interface OwnDatabases {
  /** The stores' variables, and whatever else a start needs. */
  env: Record<string, string>;
  drop(): Promise<void>;
}

/** Empty stores inside running engines: a Postgres database, a ClickHouse database and a Redis. */
export async function ownDatabases(engines: Engines, environment = "test"): Promise<OwnDatabases> {
  const name = `own_${randomBytes(6).toString("hex")}`;
  const given = {
    DATABASE_URL: required(engines.env.DATABASE_URL),
    CLICKHOUSE_URL: required(engines.env.CLICKHOUSE_URL),
  };
  const db = createDatabase(given);
  const clickhouse = createClickHouse(given);
  const inPostgres = (statement: string) => db.write((sql) => sql.execute(raw.raw(statement)));
  const inClickHouse = (sql: string) => clickhouse.command({ name: "own", sql, parameters: {} });
  await inPostgres(`create database ${name}`);
  await inClickHouse(`CREATE DATABASE ${name}`);
  const token = randomBytes(12).toString("hex");
  const redis = await startRedisEndpoint({ token, log: () => {} });
  return {
    env: {
      NETRA_ENV: environment,
      DATABASE_URL: withDatabase(given.DATABASE_URL, name),
      CLICKHOUSE_URL: withDatabase(given.CLICKHOUSE_URL, name),
      UPSTASH_REDIS_REST_URL: redis.url,
      UPSTASH_REDIS_REST_TOKEN: token,
      APP_ORIGIN: "http://127.0.0.1",
      ROOMS_URL: "http://127.0.0.1:1999",
      ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
    },
    async drop() {
      await redis.stop();
      await inPostgres(`drop database ${name} with (force)`);
      await inClickHouse(`DROP DATABASE ${name}`);
      await clickhouse.close();
    },
  };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
