import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countDatasetCalls, createClickHouse } from "../../db/clickhouse";
import { createDatabase, findImport, listDatasets } from "../../db/postgres";
import { startup } from "../../db/startup";
import { development } from "../../db/startup/seed-development";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { buildWeb, freePort, launchWeb, startWeb, type WebBuild } from "../support/web-server";

let engines: TestEngines;
let build: WebBuild;
let env: Record<string, string>;

beforeAll(async () => {
  build = buildWeb();
  engines = await startTestEngines({});
  env = {
    ...engines.env,
    NETRA_ENV: "test",
    APP_ORIGIN: "http://127.0.0.1",
    ROOMS_URL: "http://127.0.0.1:1999",
    ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
  };
});
afterAll(async () => {
  await engines?.stop();
  build?.remove();
});

const listens = async (port: number) => {
  try {
    await fetch(`http://127.0.0.1:${port}/healthz`);
    return true;
  } catch {
    return false;
  }
};

/** Runs the compiled server to its end. */
async function endOf(changes: Record<string, string>, from = build) {
  const port = await freePort();
  const run = launchWeb(from, { ...env, PORT: String(port), ...changes });
  const code = await run.ended;
  return { code, output: run.output(), listened: await listens(port) };
}

describe("a start that cannot succeed ends with a message and listens nowhere", () => {
  it("on a wrong configuration: 1, naming each variable", async () => {
    const { code, output, listened } = await endOf({ NETRA_ENV: "prod", CLICKHOUSE_URL: "" });
    expect(code).toBe(1);
    expect(output).toContain("NETRA_ENV");
    expect(output).toContain("CLICKHOUSE_URL is not set");
    expect(listened).toBe(false);
  });

  it("without Postgres: 3, without its password in the message", async () => {
    const { code, output } = await endOf({
      DATABASE_URL: `postgres://netra:hunter2@127.0.0.1:${await freePort()}/netra`,
    });
    expect(code).toBe(3);
    expect(output).toContain("Postgres");
    expect(output).not.toContain("hunter2");
  });

  it("without ClickHouse: 6", async () => {
    const { code, output } = await endOf({
      CLICKHOUSE_URL: `http://netra:hunter2@127.0.0.1:${await freePort()}`,
    });
    expect(code).toBe(6);
    expect(output).toContain("ClickHouse");
    expect(output).not.toContain("hunter2");
  });

  it("on a broken migration: 4, naming what is wrong, and the schema stays as it was", async () => {
    // The compiled server takes the migration files nearest to itself: here a copy with a broken one.
    const project = mkdtempSync(join(".cache", "broken-"));
    try {
      for (const folder of ["db/postgres/migrations", "db/clickhouse/migrations"]) {
        cpSync(folder, join(project, folder), { recursive: true });
      }
      const folder = join(project, "db/postgres/migrations");
      const first = readdirSync(folder).find((name) => name.endsWith(".sql")) ?? "";
      writeFileSync(
        join(folder, first),
        'CREATE TABLE "half" ();--> statement-breakpoint\nCREATE TABLE "broken" (x nonsense);',
      );
      cpSync(build.entry, join(project, "index.js"));
      const { code, output, listened } = await endOf(
        {},
        { ...build, entry: join(project, "index.js") },
      );
      expect(code).toBe(4);
      expect(output).toContain('type "nonsense" does not exist');
      expect(listened).toBe(false);
      // Nothing of it is left: the sound migrations apply from empty.
      const lines: string[] = [];
      await startup(env, { log: (line) => lines.push(line) });
      expect(lines.join()).toContain("migrated (Postgres 1");
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });

  it("on a taken port: 7", async () => {
    const web = await startWeb(build, env);
    const { code, output } = await endOf({ PORT: new URL(web.origin).port });
    await web.stop();
    expect(code).toBe(7);
    expect(output).toContain("Cannot listen");
  });
});

describe("a start", () => {
  it("migrates once; the second time there is nothing to do and little time spent", async () => {
    await startup(env, { log: () => {} });
    const lines: string[] = [];
    const startedAt = performance.now();
    await startup(env, { log: (line) => lines.push(line) });
    expect(performance.now() - startedAt).toBeLessThan(400);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^startup: schemas: up to date \(\d+ ms\)$/);
  });

  it("ends on SIGTERM with 0", async () => {
    const port = await freePort();
    const run = launchWeb(build, { ...env, PORT: String(port) });
    await run.printed("web: listening");
    expect(await listens(port)).toBe(true);
    run.kill("SIGTERM");
    expect(await run.ended).toBe(0);
  });

  it("says which store is down and keeps answering", async () => {
    const web = await startWeb(build, env);
    const ready = await fetch(`${web.origin}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      stores: {
        postgres: { state: "up", required: true },
        clickhouse: { state: "up" },
        redis: { state: "up" },
      },
    });
    await web.stop();
    const withoutRedis = await startWeb(build, {
      ...env,
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${await freePort()}`,
    });
    const partly = await fetch(`${withoutRedis.origin}/readyz`);
    expect(partly.status).toBe(200);
    expect(await partly.json()).toMatchObject({
      ready: true,
      stores: { redis: { state: "down" } },
    });
    await withoutRedis.stop();
  });

  it("makes the demo in development only, and only once, also when killed in the middle", async () => {
    const db = createDatabase({ DATABASE_URL: env.DATABASE_URL ?? "" });
    const workspaceId = development.workspace.id;
    expect(await listDatasets(db, { workspaceId })).toEqual([]);

    const killed = launchWeb(build, { ...env, NETRA_ENV: "development", PORT: "0" });
    await killed.printed("schemas");
    await untilImportRuns();
    killed.kill("SIGKILL");
    await killed.ended;
    expect(await listDatasets(db, { workspaceId, withCalls: true })).toEqual([]);

    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await startup({ ...env, NETRA_ENV: "development" }, { log });
    const [dataset] = await listDatasets(db, { workspaceId, withCalls: true });
    const stored = await countDatasetCalls(
      createClickHouse({ CLICKHOUSE_URL: env.CLICKHOUSE_URL ?? "" }),
      { workspaceId, datasetId: development.dataset.id },
    );
    expect(dataset).toMatchObject({ version: 1, source: "demo", calls: stored.calls });
    expect(stored.calls).toBeGreaterThan(45_000);

    await startup({ ...env, NETRA_ENV: "development" }, { log });
    expect(lines.at(-1)).toMatch(/demo: present/);
    expect(await listDatasets(db, { workspaceId })).toEqual([dataset]);

    async function untilImportRuns(): Promise<void> {
      for (let tries = 0; tries < 200; tries++) {
        const running = await findImport(db, { workspaceId, importId: development.importId });
        if (running) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("The demo was never begun");
    }
  }, 60_000);
});
