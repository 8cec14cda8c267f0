import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sql as raw } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase } from "../../db/postgres";
import { prepareStores } from "../../db/startup";
import { deploymentOf } from "../../party/host/deployment";
import type { RunningWorker } from "../../party/host/in-workerd";
import { startEdge } from "../../party/host/start-edge";
import { HOUSEKEEPING } from "../../party/schedule";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { buildEdge, type EdgeBuild, textsIn } from "./edge-build";

const SECRET_OF_FILE = "secret-that-stands-in-the-env-file";
const SECRET_OF_ENVIRONMENT = "secret-that-stands-in-the-environment";

let build: EdgeBuild;
let engines: TestEngines;
let own: OwnDatabases;
let dataDir: string;
const running: RunningWorker[] = [];

beforeAll(async () => {
  build = await buildEdge(
    `OPENAI_API_KEY=${SECRET_OF_FILE}\nDATABASE_URL=postgres://${SECRET_OF_FILE}`,
    {
      OPENAI_API_KEY: SECRET_OF_ENVIRONMENT,
      ROOM_TICKET_SECRET: SECRET_OF_ENVIRONMENT,
    },
  );
  engines = await startTestEngines({});
}, 120_000);
afterAll(async () => {
  build?.remove();
  await engines?.stop();
});
async function start(changes: Record<string, string> = {}): Promise<string> {
  return (await startWorker(changes)).url;
}
async function startWorker(changes: Record<string, string> = {}): Promise<RunningWorker> {
  const worker = await startEdge({
    dataDir,
    host: "127.0.0.1",
    port: 0,
    folder: build.folder,
    variables: { ...own.env, ...changes },
    print: () => {},
  });
  running.push(worker);
  return worker;
}

const prepare = (folder?: string) =>
  prepareStores(own.env, { log: () => {}, ...(folder ? { folder } : {}) });

const inPostgres = (statement: string) =>
  createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" }).write((sql) =>
    sql.execute(raw.raw(statement)),
  );

/** What each kind of asker is told. */
async function told(origin: string) {
  const [ready, page, alive] = await Promise.all([
    fetch(`${origin}/readyz`),
    fetch(`${origin}/login`),
    fetch(`${origin}/healthz`),
  ]);
  return {
    ready: ready.status,
    reason: ((await ready.json()) as { reason?: string }).reason,
    page: page.status,
    words: await page.text(),
    alive: alive.status,
  };
}

/** A copy of the migrations, whose list of Postgres' is changed. */
function projectWith(change: (entries: Entry[]) => Entry[]): string {
  const project = mkdtempSync(join(dataDir, "project-"));
  for (const folder of ["db/postgres/migrations", "db/clickhouse/migrations"]) {
    cpSync(folder, join(project, folder), { recursive: true });
  }
  const file = join(project, "db/postgres/migrations/meta/_journal.json");
  const journal = JSON.parse(readFileSync(file, "utf8")) as { entries: Entry[] };
  const entries = change(journal.entries);
  writeFileSync(file, JSON.stringify({ ...journal, entries }));
  return project;
}
interface Entry {
  idx: number;
  when: number;
  tag: string;
}

describe("the deployable unit", () => {
  it("holds no variable of the machine it was built on", () => {
    const texts = textsIn(build.folder);
    expect(texts.length).toBeGreaterThan(10);
    for (const secret of [SECRET_OF_FILE, SECRET_OF_ENVIRONMENT]) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  it("weighs at most a megabyte packed, agents included, and says so", () => {
    const packed = gzipSync(readFileSync(join(build.folder, "worker.js"))).length;
    expect(packed).toBeLessThanOrEqual(1_000_000);
    expect(build.output).toContain(`${(packed / 1024).toFixed(0)} KiB gzip`);
  });
});

describe("a deploy", () => {
  const secrets = {
    DATABASE_URL: "postgres://netra:password-of-postgres@db.example.com/netra",
    CLICKHOUSE_URL: "https://netra:password-of-clickhouse@calls.example.com",
    UPSTASH_REDIS_REST_URL: "https://cache.example.com",
    UPSTASH_REDIS_REST_TOKEN: "token-of-redis",
    ROOM_TICKET_SECRET: "a-ticket-secret-of-at-least-thirty-two-characters",
  };
  const needed: Record<string, string> = {
    NETRA_ENV: "production",
    APP_ORIGIN: "https://netra.example.com",
    ...secrets,
  };

  it("tried dry, lists the Durable Object, the files, variables and secrets by name", async () => {
    const { status, output } = await build.run("scripts/deploy.ts", ["--dry-run"], needed);
    expect(output).toContain("Durable Object Room (binding ROOMS)");
    expect(output).toContain(`secrets: ${Object.keys(secrets).join(", ")}`);
    expect(output).toMatch(/env\.ROOMS \(Room\)\s+Durable Object/);
    expect(output).toMatch(/env\.ASSETS\s+Assets/);
    expect(output).toContain('env.NETRA_ENV ("production")');
    expect(output).toMatch(/Total Upload: .* gzip/);
    expect(status).toBe(0);
    const told = [output, readFileSync(join(build.folder, "wrangler.json"), "utf8")].join("\n");
    expect(Object.values(secrets).filter((secret) => told.includes(secret))).toEqual([]);
  });

  it.each(Object.keys(needed))("is refused without %s, which is named", (name) => {
    const { [name]: _, ...others } = needed;
    expect(() => deploymentOf(others, "netra")).toThrow(`${name} is not set`);
  });

  it("names all that is missing at once and does nothing", async () => {
    const { status, output } = await build.run("scripts/deploy.ts", [], {});
    for (const name of Object.keys(needed)) expect(output).toContain(`${name} is not set`);
    expect(status).toBe(1);
  });

  it("says which account's variables are missing, for either place", async () => {
    const account = await build.run("scripts/deploy.ts", [], needed);
    expect(account.output).toMatch(
      /^CLOUDFLARE_API_TOKEN is not set.*\nCLOUDFLARE_ACCOUNT_ID is not set/m,
    );
    const hosted = await build.run("scripts/deploy-partykit.ts", [], needed);
    expect(hosted.output).toMatch(/^PARTYKIT_LOGIN is not set.*\nPARTYKIT_TOKEN is not set/m);
    expect([account.status, hosted.status]).toEqual([1, 1]);
  });
});

describe("a worker, which has no phase before serving", () => {
  beforeEach(async () => {
    own = await ownDatabases(engines);
    dataDir = mkdtempSync(join(tmpdir(), "netra-edge-data-"));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((worker) => worker.stop()));
    await own.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("says that nothing was set up, and serves by itself once it is", async () => {
    const origin = await start();
    const before = await told(origin);
    expect(before).toMatchObject({ ready: 503, page: 503, alive: 200 });
    expect(before.reason).toBe("Postgres has not been set up yet: run `npm run db -- migrate`.");
    expect(before.words).toContain(before.reason);

    await prepare();
    await until(async () => (await fetch(`${origin}/readyz`)).status === 200, 10_000);
    expect(await told(origin)).toMatchObject({ ready: 200, page: 200, alive: 200 });
  });

  it("serves pages, and files that may be kept", async () => {
    await prepare();
    const origin = await start();
    const page = await fetch(`${origin}/login`);
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self' 'nonce-");
    expect(page.headers.get("cache-control")).toBe("private, no-store");
    const script = /"(\/build\/entry\.client-[^"]+\.js)"/.exec(html)?.[1];
    const file = await fetch(`${origin}${script}`);
    expect(file.status).toBe(200);
    expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it("keeps house when its schedule is due", async () => {
    await prepare();
    const worker = await startWorker();
    await inPostgres(
      "insert into users (id, issuer, subject, name) values (gen_random_uuid(), 'test', 'ada', 'Ada')",
    );
    await inPostgres("insert into workspaces (id, name) values (gen_random_uuid(), 'Ada')");
    await inPostgres(
      `insert into sessions (id_hash, user_id, workspace_id, expires_at)
       select kind, users.id, workspaces.id, now() + days * interval '1 day'
       from users, workspaces, (values ('over', -1), ('good', 1)) as given (kind, days)`,
    );
    await worker.scheduled(HOUSEKEEPING);
    const left = await inPostgres("select id_hash from sessions");
    expect(left.rows).toEqual([{ id_hash: "good" }]);
  });

  it("refuses a database that is behind, and names what is to be applied", async () => {
    let newest = "";
    await prepare(
      projectWith((entries) => {
        newest = entries.at(-1)?.tag ?? "";
        return entries.slice(0, -1);
      }),
    ).catch(() => {}); // An older version's schema is not what this code expects; its record stands.
    const origin = await start();
    expect((await told(origin)).reason).toBe(
      `Postgres is behind this version: run \`npm run db -- migrate\` (${newest}).`,
    );
  });

  it("refuses a database that is newer than itself, by name", async () => {
    const project = projectWith((entries) => [
      ...entries,
      {
        ...(entries.at(-1) as Entry),
        idx: entries.length,
        when: 9_999_999_999_999,
        tag: "9000_next",
      },
    ]);
    writeFileSync(join(project, "db/postgres/migrations/9000_next.sql"), "select 1;");
    await prepare(project);
    const { reason, ready, page } = await told(await start());
    expect([ready, page]).toEqual([503, 503]);
    expect(reason).toMatch(/^Postgres migration 9000_next /);
  });

  it("refuses stores of another environment", async () => {
    await prepare();
    const { reason, ready } = await told(await start({ NETRA_ENV: "production" }));
    expect(ready).toBe(503);
    expect(reason).toMatch(/^Postgres .*test/);
  });

  it("refuses a schema that somebody changed, by table and column", async () => {
    await prepare();
    await inPostgres("alter table datasets alter column name type varchar(80)");
    expect((await told(await start())).reason).toContain("(datasets.name)");
  });

  it("names each variable that is missing or wrong, and shows no value", async () => {
    const origin = await start({
      DATABASE_URL: "mysql://user:password@db",
      ROOM_TICKET_SECRET: "short",
    });
    const { reason, page, alive } = await told(origin);
    expect([page, alive]).toEqual([503, 200]);
    expect(reason).toContain("DATABASE_URL must be a URL starting with postgres://");
    expect(reason).toContain("ROOM_TICKET_SECRET must have at least 32 characters");
    expect(reason).not.toMatch(/password|mysql/);
  });
});
