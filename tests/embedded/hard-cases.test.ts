import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { neon } from "@neondatabase/serverless";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readNote, startEngines } from "../../db/embedded";
import { startClickHouse } from "../../db/embedded/clickhouse";
import { startPostgres } from "../../db/embedded/postgres";
import { required, temporaryFolder, until, useLoopbackNeon } from "./support";

const isRoot = process.getuid?.() === 0;
/** The user without rights that every Unix has. */
const NOBODY = 65_534;
const onlyRedis = { postgres: false, clickhouse: false };

let dataDir: string;

beforeEach(async () => {
  useLoopbackNeon();
  dataDir = await temporaryFolder();
  // PostgreSQL's own user has to come through.
  await chmod(dataDir, 0o711);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** One clear line: no stack, no line break, nothing of the machinery. */
async function refusalOf(starting: Promise<unknown>): Promise<Error> {
  const error = await starting.then(
    () => new Error("it started"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("thrown was no error");
  expect(error.message.split("\n")).toHaveLength(1);
  return error;
}

/** Starts the engines in a process of another user; resolves to what it printed at its end or when ready. */
async function startAs(uid: number, folder: string) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("./hold-engines.ts", import.meta.url)), folder],
    {
      uid,
      gid: uid,
      env: { PATH: process.env.PATH, NODE_ENV: "test" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "exit").then(([code]) => code as number | null);
  let code: number | null | undefined;
  void exited.then((ended) => {
    code = ended;
  });
  await until(() => code !== undefined || output.includes("ready"), 40_000);
  return {
    output,
    code,
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

async function portOf(server: Server): Promise<number> {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

describe("a data folder of a later version", () => {
  it("of Netra is left alone", async () => {
    await writeFile(join(dataDir, "netra-data-version"), "2\n");
    const error = await refusalOf(startEngines({ dataDir, only: onlyRedis }));
    expect(error).toMatchObject({ name: "DataFolderTooNewError" });
    expect(error.message).toContain("a newer Netra (data version 2)");
    expect(await readdir(dataDir)).toEqual(["netra-data-version"]);
    expect(readNote(dataDir)).toBeNull();
  });

  it("of PostgreSQL is left alone", async () => {
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "19\n");
    const only = { clickhouse: false, redis: false };
    const error = await refusalOf(startEngines({ dataDir, only }));
    expect(error).toMatchObject({ name: "DataFolderTooNewError" });
    expect(error.message).toContain("was written by PostgreSQL 19; this version reads 18");
    expect(await readdir(join(dataDir, "postgres"))).toEqual(["PG_VERSION"]);
  });
});

describe("a data folder that cannot be written", () => {
  it("because a file is in its place", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    for (const folder of [file, join(file, "inside")]) {
      const error = await refusalOf(startEngines({ dataDir: folder, only: onlyRedis }));
      expect(error).toMatchObject({ name: "DataFolderNotWritableError", dataDir: folder });
    }
  });

  it.runIf(isRoot)("because it is another user's", async () => {
    const run = await startAs(NOBODY, dataDir);
    expect(run.code).toBe(1);
    expect(run.output).toMatch(
      /^The data folder \S+ cannot be written by the user nobody \(EACCES\)\. .*NETRA_DATA_DIR.*\n$/,
    );
  });

  it.skipIf(isRoot)("because its rights forbid it", async () => {
    await chmod(dataDir, 0o500);
    const error = await refusalOf(startEngines({ dataDir, only: onlyRedis }));
    await chmod(dataDir, 0o700);
    expect(error).toMatchObject({ name: "DataFolderNotWritableError", code: "EACCES" });
  });
});

describe("a port that another program has", () => {
  it("is named when an engine is to have it", async () => {
    const occupant = await occupy(0);
    const port = await portOf(occupant);
    const password = "secret";
    const log = () => undefined;
    const attempts: [engine: string, attempt: () => Promise<unknown>][] = [
      [
        "the Redis endpoint",
        () => startEngines({ dataDir, only: onlyRedis, ports: { redis: port } }),
      ],
      ["PostgreSQL", () => startPostgres({ dataDir, password, port, log })],
      ["ClickHouse", () => startClickHouse({ dataDir, password, port, log })],
    ];
    for (const [engine, attempt] of attempts) {
      const error = await refusalOf(attempt());
      expect(error).toMatchObject({ name: "EnginePortTakenError", engine, port });
      expect(error.message).toContain(`Port ${port} on 127.0.0.1, which ${engine} is to have`);
    }
    occupant.close();
  }, 60_000);

  it("keeps a crashed engine down, in one line, until it is free again", async () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const server = await startPostgres({ dataDir, password: "secret", log });
    const port = Number(new URL(server.connectionString).port);
    process.kill(await postmasterOf(dataDir), "SIGKILL");
    let occupant: Server | null = null;
    await until(async () => {
      occupant = await occupy(port).catch(() => null);
      return occupant !== null;
    }, 5_000);
    await until(() => lines.some((line) => line.includes("is taken by another program")), 10_000);
    (occupant as Server | null)?.close();
    await until(() => lines.includes("postgres is back"), 15_000);
    await server.stop();
    expect(lines).toEqual([
      "postgres: creating the database files (once)",
      "postgres ended (exit SIGKILL); starting it again",
      `postgres does not start yet: Port ${port} on 127.0.0.1, which PostgreSQL is to have, is taken by another program. Stop that program.`,
      "postgres is back",
    ]);
  }, 60_000);
});

describe("kill -9 of PostgreSQL under a running statement", () => {
  it("fails that statement and nothing else; the same address serves again", async () => {
    const lines: string[] = [];
    const only = { clickhouse: false, redis: false };
    const engines = await startEngines({ dataDir, only, log: (line) => lines.push(line) });
    const query = neon(required(engines.env.DATABASE_URL));
    const running = [1, 2, 3].map(() => query`SELECT pg_sleep(20)`.then(() => "done", String));
    await until(async () => {
      const [row] = await query`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE query LIKE '%pg_sleep%' AND state = 'active'`;
      // This one counts itself.
      return row?.n === 4;
    }, 5_000);
    process.kill(await postmasterOf(dataDir), "SIGKILL");
    for (const outcome of await Promise.all(running)) expect(outcome).toMatch(/terminat/i);
    await until(() => lines.includes("postgres is back"), 15_000);
    expect(await query`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await engines.stop();
  }, 60_000);
});

describe("the user who starts the engines", () => {
  it.runIf(isRoot)(
    "may be a normal one, and root may go on with what that one left",
    async () => {
      await chown(dataDir, NOBODY, NOBODY);
      const run = await startAs(NOBODY, dataDir);
      expect(run.output).toBe("ready\n");
      const env = readNote(dataDir)?.note as { DATABASE_URL?: string };
      await neon(required(env.DATABASE_URL))`CREATE TABLE kept AS SELECT 7 AS n`;
      expect(await run.stop()).toBe(0);
      expect((await stat(join(dataDir, "postgres", "PG_VERSION"))).uid).toBe(NOBODY);

      const engines = await startEngines({ dataDir });
      expect(await neon(required(engines.env.DATABASE_URL))`SELECT n FROM kept`).toEqual([
        { n: 7 },
      ]);
      await engines.stop();
      const owner = (await stat(join(dataDir, "postgres", "PG_VERSION"))).uid;
      expect([0, NOBODY]).not.toContain(owner);
    },
    90_000,
  );
});

async function postmasterOf(folder: string): Promise<number> {
  const text = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8");
  return Number(text.split("\n")[0]);
}
