import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./web-server";

/** Where Debian's package postgresql-15 has its programs. */
const POSTGRES_15 = "/usr/lib/postgresql/15/bin";
const REDIS_SERVER = "/usr/bin/redis-server";

/** A server of the system, started for a test on a free loopback port and a folder of its own. */
export interface DebianServer {
  url: string;
  stop(): Promise<void>;
}

/** What a skipped test lacks; null when the server is installed. */
export const missing = {
  postgres15: existsSync(join(POSTGRES_15, "postgres"))
    ? null
    : "needs Debian's PostgreSQL 15 (apt-get install postgresql-15)",
  redis: existsSync(REDIS_SERVER)
    ? null
    : "needs Debian's redis-server (apt-get install redis-server)",
};

/** PostgreSQL 15 with the role `netra`, who may create databases, and the database `netra`. */
export async function startPostgres15(): Promise<DebianServer> {
  const folder = mkdtempSync(join(tmpdir(), "netra-postgres15-"));
  const user = postgresUser();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const passwordFile = join(folder, "password");
  const password = "owner";
  writeFileSync(passwordFile, password);
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(
    join(POSTGRES_15, "initdb"),
    [
      ...["-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", passwordFile],
      ...["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
    ],
    { ...user, cwd: "/", stdio: "ignore" },
  );
  const port = await freePort();
  const child = spawn(
    join(POSTGRES_15, "postgres"),
    [
      ...["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""],
      ...["-c", "fsync=off", "-c", "shared_buffers=32MB"],
    ],
    { ...user, cwd: "/", stdio: "ignore" },
  );
  const stop = stopping(child, "SIGINT", folder);
  const owner = { host: "127.0.0.1", port, user: "owner", password, database: "postgres" };
  await patiently(async () => {
    const client = new pg.Client(owner);
    await client.connect();
    await client.query("CREATE ROLE netra LOGIN CREATEDB PASSWORD 'secret'");
    await client.query("CREATE DATABASE netra OWNER netra");
    await client.end();
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url: `postgres://netra:secret@127.0.0.1:${port}/netra`, stop };
}

/** Redis without persistence. */
export async function startRedisServer(): Promise<DebianServer> {
  const folder = mkdtempSync(join(tmpdir(), "netra-redis-"));
  const port = await freePort();
  const child = spawn(
    REDIS_SERVER,
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no"],
    ],
    { stdio: "ignore" },
  );
  const stop = stopping(child, "SIGTERM", folder);
  await patiently(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.destroy();
          resolve();
        });
        socket.once("error", reject);
      }),
  ).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** PostgreSQL refuses root. */
function postgresUser(): { uid: number; gid: number } | { uid?: undefined } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }).trim());
  return { uid: id("-u"), gid: id("-g") };
}

function stopping(child: ChildProcess, signal: NodeJS.Signals, folder: string) {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const reap = () => child.kill("SIGKILL");
  process.once("exit", reap);
  return async () => {
    child.kill(signal);
    await ended;
    process.off("exit", reap);
    rmSync(folder, { recursive: true, force: true });
  };
}

async function patiently(attempt: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
