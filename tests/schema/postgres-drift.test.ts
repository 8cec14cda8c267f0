import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Drift, describeDrift } from "../../db/drift";
import { createDatabase, type Database } from "../../db/postgres";
import { migratePostgres } from "../../db/postgres/migrate";
import { checkPostgresSchema } from "../../db/postgres/schema-check";
import { readMigrations } from "../../db/startup/migration-files";
import { checkVersions } from "../../db/versions";
import { startTestEngines } from "../embedded/support";
import { missing, startPostgres15 } from "../support/debian-servers";
import { postgresDamage } from "./support/postgres-damage";

const servers = [
  {
    name: "PostgreSQL 18",
    version: /^18\./,
    lacks: null,
    start: async () => startTestEngines({ only: { clickhouse: false, redis: false } }),
  },
  {
    name: "PostgreSQL 15 behind the Neon endpoint",
    version: /^15\./,
    lacks: missing.postgres15,
    start: async () => {
      const server = await startPostgres15();
      const engines = await startTestEngines({
        only: { clickhouse: false, redis: false },
        upstream: { postgresUrl: server.url },
      });
      return {
        ...engines,
        stop: async () => {
          await engines.stop();
          await server.stop();
        },
      };
    },
  },
];

describe.each(servers)("the schema check on $name", ({ lacks, version, start }) => {
  if (lacks !== null) {
    it.skip(lacks, () => undefined);
    return;
  }
  let db: Database;
  let stop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const engines = await start();
    stop = engines.stop;
    db = createDatabase({ DATABASE_URL: engines.env.DATABASE_URL ?? "" });
    await migratePostgres(db, (await readMigrations()).postgres);
  });
  afterAll(() => stop?.());

  /** One request, one transaction. */
  const run = (statements: string[]) =>
    db.write((sql) => {
      const [first, ...rest] = statements.map((statement) => sql.execute(raw.raw(statement)));
      if (!first) throw new Error("nothing to run");
      return sql.batch([first, ...rest]);
    });

  /** Like `npm run db -- repair`: line by line, all in one transaction. */
  const mend = (drifts: Drift[]) => run(drifts.flatMap((one) => one.mend?.split("\n") ?? []));

  it("is the version it says, and not refused", async () => {
    const [postgres] = await checkVersions({ db });
    expect(postgres?.version).toMatch(version);
    expect(postgres?.refusal).toBeNull();
  });

  it("says nothing about a migrated database, within 100 ms", async () => {
    expect(await checkPostgresSchema(db)).toEqual([]);
    const times: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      const started = performance.now();
      await checkPostgresSchema(db);
      times.push(performance.now() - started);
    }
    // The best of five: others use the machine as well.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  for (const { what, sql, says, undo } of postgresDamage) {
    it(`finds ${what}${undo ? " and offers no statement" : " and mends it"}`, async () => {
      await run(sql);
      const drifts = await checkPostgresSchema(db);
      const lines = describeDrift(drifts).split("\n");
      for (const line of says) expect(lines).toContain(line);
      if (undo) {
        expect(drifts.map((drift) => drift.mend)).toContain(null);
        await run(undo);
      } else {
        expect(drifts.every((drift) => drift.mend !== null)).toBe(true);
        await mend(drifts);
      }
      expect(await checkPostgresSchema(db)).toEqual([]);
    });
  }
});
