import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countDatasetCalls, createClickHouse } from "../../db/clickhouse";
import { createDatabase, findImport, listDatasets } from "../../db/postgres";
import { prepareStores, startup } from "../../db/startup";
import { development } from "../../db/startup/seed-development";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { builtWeb } from "../support/built-web";
import { ownDatabases } from "../support/own-databases";
import { freePort, launchWeb, startWeb, type WebBuild } from "../support/web-server";

let engines: TestEngines;
let build: WebBuild;
let env: Record<string, string>;

beforeAll(async () => {
  build = await builtWeb();
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
    expect(output).toMatch(/^startup: connect: failed \(\d+ ms\)$/m);
    expect(output).toContain("Postgres");
    expect(output).not.toContain("hunter2");
  });

  it("with a ClickHouse that refuses us: 6, without the password in the message", async () => {
    const url = new URL(env.CLICKHOUSE_URL ?? "");
    url.password = "hunter2";
    const { code, output, listened } = await endOf({ CLICKHOUSE_URL: url.href });
    expect(code).toBe(6);
    expect(output).toContain("ClickHouse refuses us");
    expect(output).not.toContain("hunter2");
    expect(listened).toBe(false);
  });

  it("with a Redis that refuses us: 9", async () => {
    const { code, output } = await endOf({ UPSTASH_REDIS_REST_TOKEN: "hunter2" });
    expect(code).toBe(9);
    expect(output).toContain("Redis refuses the token");
    expect(output).not.toContain("hunter2");
  });

  it("on a URL that says production: 2, with the host and nothing else of it", async () => {
    const { code, output, listened } = await endOf({
      DATABASE_URL: "postgres://netra:hunter2@db.prod.example.com/secretname",
    });
    expect(code).toBe(2);
    expect(output).toContain("db.prod.example.com");
    expect(output).not.toMatch(/hunter2|secretname/);
    expect(listened).toBe(false);
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
      const { code, output, listened } = await endOf({}, { entry: join(project, "index.js") });
      expect(code).toBe(4);
      expect(output).toContain('type "nonsense" does not exist');
      expect(listened).toBe(false);
      // Nothing of it is left: the sound migrations apply from empty.
      const lines: string[] = [];
      await startup(env, { log: (line) => lines.push(line) });
      expect(lines.join()).toContain("migrate Postgres: applied 0000_first");
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
  it("migrates once; the second time there is nothing to do", async () => {
    await startup(env, { log: () => {} });
    const lines: string[] = [];
    const { close } = await startup(env, { log: (line) => lines.push(line) });
    await close();
    const stages = lines.map((line) => /^startup: (.+?): .+ \(\d+ ms\)$/.exec(line)?.[1]);
    expect(stages).toEqual(["configuration", "environment", "connect", "look"]);
    expect(lines.at(-1)).toContain("nothing to do");
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
    const own = await ownDatabases(engines, "development");
    const { env } = own;
    const db = createDatabase({ DATABASE_URL: env.DATABASE_URL ?? "" });
    await prepareStores(env, { log: () => {} });
    const workspaceId = development.workspace.id;
    expect(await listDatasets(db, { workspaceId })).toEqual([]);

    const killed = launchWeb(build, { ...env, PORT: "0" });
    await killed.printed("nothing to do");
    await untilImportRuns();
    killed.kill("SIGKILL");
    await killed.ended;
    expect(await listDatasets(db, { workspaceId, withCalls: true })).toEqual([]);

    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await startup(env, { log });
    const [dataset] = await listDatasets(db, { workspaceId, withCalls: true });
    const stored = await countDatasetCalls(
      createClickHouse({ CLICKHOUSE_URL: env.CLICKHOUSE_URL ?? "" }),
      { workspaceId, datasetId: development.dataset.id },
    );
    expect(dataset).toMatchObject({ version: 1, source: "demo", calls: stored.calls });
    expect(stored.calls).toBeGreaterThan(45_000);

    await startup(env, { log });
    expect(lines.at(-1)).toMatch(/demo: present/);
    expect(await listDatasets(db, { workspaceId })).toEqual([dataset]);
    await own.drop();

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
