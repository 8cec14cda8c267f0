import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Drift, describeDrift } from "../../db/drift";
import type { Database } from "../../db/postgres";
import { migratePostgres } from "../../db/postgres/migrate";
import { checkPostgresSchema } from "../../db/postgres/schema-check";
import { readMigrations } from "../../db/startup/migration-files";
import { checkVersions } from "../../db/versions";
import { functionDamage } from "./support/postgres-damage-functions";
import { keyDamage } from "./support/postgres-damage-keys";
import { tableDamage } from "./support/postgres-damage-tables";
import { postgresServers, runSql } from "./support/postgres-servers";

/** Like `npm run db -- repair`: line by line, all in one transaction. */
function mend(db: Database, drifts: readonly Drift[]) {
  return runSql(
    db,
    drifts.flatMap((one) => one.mend?.split("\n") ?? []),
  );
}

describe.each(postgresServers)("the schema check on $name", ({ lacks, version, start }) => {
  if (lacks !== null) {
    it.skip(lacks, () => undefined);
    return;
  }
  let db: Database;
  let server: Awaited<ReturnType<typeof start>> | undefined;
  const run = (...statements: string[]) => runSql(db, statements);

  beforeAll(async () => {
    server = await start();
    db = server.db;
    await migratePostgres(db, (await readMigrations()).postgres);
  });
  afterAll(() => server?.stop());

  it("takes the server's version", async () => {
    const [postgres] = await checkVersions({ db });
    expect(postgres?.version).toMatch(version);
    expect(postgres?.refusal).toBeNull();
  });

  it("says nothing about a migrated database", async () => {
    expect(await checkPostgresSchema(db)).toEqual([]);
  });

  it("finds all of it missing in an empty database, and its statements make the whole schema", async () => {
    const empty = await server?.another("empty");
    if (!empty) throw new Error("no server");
    const drifts = await checkPostgresSchema(empty);
    expect(drifts.filter(({ found }) => found !== "nothing")).toEqual([]);
    expect(drifts.length).toBeGreaterThan(30);
    await mend(empty, drifts);
    expect(await checkPostgresSchema(empty)).toEqual([]);
  });

  for (const { what, sql, says, undo } of [...tableDamage, ...keyDamage, ...functionDamage]) {
    it(`finds ${what}${undo ? " and offers no statement" : " and mends it"}`, async () => {
      await run(...sql);
      const drifts = await checkPostgresSchema(db);
      const lines = describeDrift(drifts).split("\n");
      for (const line of says) expect(lines).toContain(line);
      if (undo) {
        expect(drifts.map((drift) => drift.mend)).toContain(null);
        await run(...undo);
      } else {
        expect(drifts.every((drift) => drift.mend !== null)).toBe(true);
        await mend(db, drifts);
      }
      expect(await checkPostgresSchema(db)).toEqual([]);
    });
  }

  it("what a changed function stored is computed again", async () => {
    const [workspace, thread] = [crypto.randomUUID(), crypto.randomUUID()];
    const body = (length: number) =>
      `create or replace function search_words(plain text) returns tsvector language sql immutable parallel safe return to_tsvector('simple', left(plain, ${length}))`;
    await run(body(3));
    await run(
      `insert into workspaces (id, name) values ('${workspace}', 'a')`,
      `insert into threads (id, workspace_id, title) values ('${thread}', '${workspace}', 'caching pays')`,
    );
    const words = async () => {
      const { rows } = await db.read((sql) =>
        sql.execute(`select search::text from threads where id = '${thread}'`),
      );
      return rows;
    };
    expect(await words()).toEqual([{ search: "'cac':1" }]);
    await mend(db, await checkPostgresSchema(db));
    expect(await words()).toEqual([{ search: "'caching':1 'pays':2" }]);
    await run(`delete from workspaces where id = '${workspace}'`);
  });

  describe("statements refuse rather than harm", () => {
    const workspace = "00000000-0000-4000-8000-000000000001";
    const refusals = [
      {
        what: "a missing count that would come back as zero",
        damage: "alter table datasets drop column calls",
        reason: /column "calls" of relation "datasets" contains null values/,
        undo: "alter table datasets add column calls bigint not null default 0",
      },
      {
        what: "a foreign column that holds values",
        damage: "alter table datasets add column note text default 'kept'",
        and: "alter table datasets alter column note drop default",
        reason: /datasets\.note holds values: nothing was dropped/,
        undo: "alter table datasets drop column note",
      },
      {
        what: "an empty value where none may be",
        damage: "alter table datasets alter column name drop not null",
        and: "update datasets set name = null",
        reason: /column "name" of relation "datasets" contains null values/,
        undo: "update datasets set name = 'calls'",
        later: "alter table datasets alter column name set not null",
      },
      {
        what: "a word that the enum does not have",
        damage: "alter table datasets alter column source type text",
        and: "update datasets set source = 'elsewhere'",
        reason: /invalid input value for enum dataset_source: "elsewhere"/,
        undo: "update datasets set source = 'demo'",
        later:
          "alter table datasets alter column source type dataset_source using source::dataset_source",
      },
      {
        what: "a row whose owner is gone",
        damage: "alter table datasets drop constraint datasets_workspace_id_workspaces_id_fk",
        and: "update datasets set workspace_id = gen_random_uuid()",
        reason: /violates foreign key constraint "datasets_workspace_id_workspaces_id_fk"/,
        undo: `update datasets set workspace_id = '${workspace}'`,
        later:
          "alter table datasets add constraint datasets_workspace_id_workspaces_id_fk foreign key (workspace_id) references workspaces (id) on delete cascade",
      },
    ];

    beforeAll(() =>
      run(
        `insert into workspaces (id, name) values ('${workspace}', 'a')`,
        `insert into datasets (id, workspace_id, name, source, calls) values (gen_random_uuid(), '${workspace}', 'calls', 'demo', 7)`,
      ),
    );

    for (const { what, damage, and, reason, undo, later } of refusals) {
      it(`for ${what}`, async () => {
        await run(damage, ...(and ? [and] : []));
        const drifts = await checkPostgresSchema(db);
        expect(drifts).toHaveLength(1);
        await expect(mend(db, drifts)).rejects.toThrow(reason);
        expect(await checkPostgresSchema(db)).toEqual(drifts);
        await run(undo, ...(later ? [later] : []));
        expect(await checkPostgresSchema(db)).toEqual([]);
      });
    }
  });
});
