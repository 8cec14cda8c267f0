import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse";
import { createDatabase } from "../../db/postgres";
import { readMigrations } from "../../db/startup/migration-files";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { builtWeb } from "../support/built-web";
import { ownDatabases } from "../support/own-databases";
import { startWeb, type WebBuild } from "../support/web-server";

const ROUNDS = process.env.NETRA_TEST_FULL === "1" ? 20 : 2;

let engines: TestEngines;
let build: WebBuild;

beforeAll(async () => {
  build = await builtWeb();
  engines = await startTestEngines({});
}, 120_000);
afterAll(async () => {
  await engines?.stop();
});

describe("four servers that start at once on empty stores", () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    "all serve, and each migration is recorded once (%i)",
    async () => {
      const own = await ownDatabases(engines);
      const servers = await Promise.all([1, 2, 3, 4].map(() => startWeb(build, own.env)));
      const pages = await Promise.all(
        servers.map(async ({ origin }) => (await fetch(`${origin}/login`)).status),
      );
      // A probe has little patience: on a busy machine it may need another look.
      await until(async () => {
        const probes = await Promise.all(servers.map(({ origin }) => fetch(`${origin}/readyz`)));
        return probes.every(({ ok }) => ok);
      }, 15_000);
      const outputs = servers.map((server) => server.output());
      await Promise.all(servers.map((server) => server.stop()));
      expect(pages).toEqual([200, 200, 200, 200]);

      const files = await readMigrations();
      const applied = (store: string) =>
        outputs.filter((output) => output.includes(`migrate ${store}: applied`)).length;
      expect([applied("Postgres"), applied("ClickHouse")]).toEqual([1, 1]);
      expect(await recorded(own.env)).toEqual({
        postgres: files.postgres.map(({ name }) => name),
        clickhouse: files.clickhouse.map(({ name }) => name),
        stamps: 1,
      });
      await own.drop();
    },
    60_000,
  );
});

async function recorded(env: Record<string, string>) {
  const db = createDatabase({ DATABASE_URL: env.DATABASE_URL ?? "" });
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: env.CLICKHOUSE_URL ?? "" });
  const ask = async (sql: string) =>
    (await clickhouse.query({ name: "look", sql, parameters: {} })).rows;
  const postgres = await db.read((sql) =>
    sql.execute<{ name: string }>(raw`select name from drizzle.__drizzle_migrations order by id`),
  );
  const calls = await ask("SELECT name FROM netra_migrations ORDER BY name");
  const stamps = await ask("SELECT installation FROM netra_stamp");
  await clickhouse.close();
  return {
    postgres: postgres.rows.map(({ name }) => name),
    clickhouse: calls.map((row) => (row as { name: string }).name),
    stamps: stamps.length,
  };
}
