import { spawn } from "node:child_process";
import {
  chown,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { DataFolderTooNewError } from "./data-folder";
import type { Log } from "./loopback";
import type { PostgresBinaries } from "./postgres-binaries";
import type { SystemUser } from "./postgres-user";

export const roleName = "netra";
export const databaseName = "netra";

/**
 * What a cluster's programs run with: nothing of ours (`PG…` variables would steer them), and one
 * locale, so that logs read the same everywhere. Cast, because a framework's types demand `NODE_ENV`.
 */
export const clusterEnvironment = {
  LC_ALL: "C",
  PATH: process.env.PATH ?? "",
} as unknown as NodeJS.ProcessEnv;

/** Only our role may connect, only from this machine, only with its password. */
const accessRules = `host all ${roleName} 127.0.0.1/32 scram-sha-256\n`;

/** The major version whose files the pinned package reads. */
const CLUSTER_VERSION = 18;

export interface Cluster {
  folder: string;
  binaries: PostgresBinaries;
  user: SystemUser;
}

/** Creates the cluster with its role and database if the folder has none. All or nothing. */
export async function ensureCluster(cluster: Cluster, log: Log): Promise<void> {
  const found = await readFile(join(cluster.folder, "PG_VERSION"), "utf8").catch(() => null);
  if (found !== null) {
    if (Number(found) > CLUSTER_VERSION) {
      const writer = `PostgreSQL ${found.trim()}`;
      throw new DataFolderTooNewError(cluster.folder, writer, String(CLUSTER_VERSION));
    }
    if (Number(found) !== CLUSTER_VERSION) {
      throw new Error(
        `${cluster.folder} was written by PostgreSQL ${found.trim()}; this version reads ${CLUSTER_VERSION}. ` +
          "Move the folder away, or start the version that wrote it.",
      );
    }
    return;
  }
  log("postgres: creating the database files (once)");
  // Built beside and renamed, so that a start that died half way leaves nothing to trip over.
  const draft = `${cluster.folder}.creating`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (cluster.user.uid !== undefined && cluster.user.gid !== undefined) {
    await chown(draft, cluster.user.uid, cluster.user.gid);
  }
  await runProgram(
    cluster,
    cluster.binaries.initdb,
    [
      `--pgdata=${draft}`,
      "--username=postgres",
      // Nothing listens yet; the rules that the server will read are written below.
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
    ],
    "",
  );
  // Overwritten in place: the file keeps its owner.
  await writeFile(join(draft, "pg_hba.conf"), accessRules);
  await runSingleUser({ ...cluster, folder: draft }, [
    `CREATE ROLE ${roleName} LOGIN CREATEDB`,
    `CREATE DATABASE ${databaseName} OWNER ${roleName}`,
  ]);
  await rename(draft, cluster.folder);
}

/**
 * Gives the files to the user who runs the server, when they are another's: the folder was restored
 * from a copy as root, or an ordinary user started it before.
 */
export async function takeOver({ folder, user }: Cluster): Promise<void> {
  const { uid, gid } = user;
  if (uid === undefined || gid === undefined) return;
  // The top and one file are asked: what a copy does to them it does to all.
  const [top, inside] = await Promise.all([stat(folder), stat(join(folder, "PG_VERSION"))]);
  if (top.uid === uid && inside.uid === uid) return;
  await lchown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, entry), uid, gid);
  }
}

/**
 * Gives the role its password for this start. Done in single-user mode, before the server listens,
 * so that no superuser password exists anywhere.
 */
export function setRolePassword(cluster: Cluster, password: string): Promise<void> {
  if (!/^[A-Za-z0-9_-]+$/.test(password)) throw new Error("the password must be URL-safe");
  return runSingleUser(cluster, [`ALTER ROLE ${roleName} LOGIN PASSWORD '${password}'`]);
}

async function runSingleUser(cluster: Cluster, statements: string[]): Promise<void> {
  const output = await runProgram(
    cluster,
    cluster.binaries.postgres,
    ["--single", "-D", cluster.folder, "-c", "log_min_error_statement=panic", "postgres"],
    `${statements.join("\n")}\n`,
  );
  // It exits with 0 even when a statement failed.
  const failure = /^.*(?:ERROR|FATAL|PANIC): .*$/m.exec(output);
  if (failure) throw new Error(`postgres: ${failure[0]}`);
}

function runProgram(
  cluster: Cluster,
  program: string,
  args: string[],
  input: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...cluster.user,
      cwd: "/",
      env: clusterEnvironment,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    const collect = (part: Buffer) => {
      output = (output + part.toString()).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.stdin.on("error", () => undefined);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else {
        const name = program.split("/").at(-1);
        reject(new Error(`${name} failed (${signal ?? code}): ${output.trim().slice(-600)}`));
      }
    });
    child.stdin.end(input);
  });
}
