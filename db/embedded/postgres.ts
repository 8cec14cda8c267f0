import { spawn } from "node:child_process";
import { closeSync, fchownSync, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DiskFullError, isDiskFull } from "./data-folder";
import { KeptProcess, type RunningProcess } from "./keep-running";
import { EnginePortTakenError, freePort, type Log, loopbackHost } from "./loopback";
import { findPostgresBinaries } from "./postgres-binaries";
import {
  type Cluster,
  clusterEnvironment,
  databaseName,
  ensureCluster,
  roleName,
  setRolePassword,
  takeOver,
} from "./postgres-cluster";
import { stopOrphan, stopPostmaster } from "./postgres-orphan";
import { ensureReachable, postgresSystemUser } from "./postgres-user";

/** Sized for a development machine. Durability is not traded: fsync and synchronous commits stay on. */
const serverSettings = {
  listen_addresses: loopbackHost,
  unix_socket_directories: "",
  max_connections: "80",
  shared_buffers: "64MB",
  max_wal_size: "512MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  // A statement may hold a password or a person's words: never copy it into the log.
  log_min_error_statement: "panic",
  log_parameter_max_length_on_error: "0",
};
const readyTimeoutMs = 30_000;
const keptLogBytes = 5_000_000;

export interface EmbeddedPostgres {
  /** `postgres://netra:<password>@127.0.0.1:<port>/netra`, the server itself, without the Neon protocol. */
  connectionString: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 on `<dataDir>/postgres`, on a free loopback port that stays the same if the
 * server has to be restarted. The caller holds the lock of `dataDir`, so a server that still runs
 * there is left over from a killed process and is stopped first.
 * @param password URL-safe text that the role `netra` gets for this start.
 */
export async function startPostgres(options: {
  dataDir: string;
  password: string;
  /** Any free one when absent. */
  port?: number | undefined;
  log: Log;
}): Promise<EmbeddedPostgres> {
  const { dataDir, password, log } = options;
  const folder = join(dataDir, "postgres");
  const [binaries, user] = await Promise.all([findPostgresBinaries(), postgresSystemUser()]);
  await ensureReachable(user, dataDir, "its data", dataDir);
  await ensureReachable(user, join(binaries.postgres, ".."), "its programs");
  const cluster: Cluster = { folder, binaries, user };

  await stopOrphan(folder, log);
  await ensureCluster(cluster, log);
  await takeOver(cluster);
  await setRolePassword(cluster, password);

  let port = options.port ?? (await freePort());
  const launch = () => launchServer(cluster, join(dataDir, "postgres.log"), port);
  let isFirst = true;
  const kept = await KeptProcess.start(
    "postgres",
    async () => {
      try {
        return await launch();
      } catch (error) {
        // The port may have been taken between the probe and the start.
        const mayMove = isFirst && options.port === undefined;
        if (!mayMove || !(error instanceof EnginePortTakenError)) throw error;
        port = await freePort();
        return launch();
      } finally {
        isFirst = false;
      }
    },
    log,
  );
  return {
    connectionString: `postgres://${roleName}:${password}@${loopbackHost}:${port}/${databaseName}`,
    stop: () => kept.stop(),
  };
}

async function launchServer(
  cluster: Cluster,
  logPath: string,
  port: number,
): Promise<RunningProcess> {
  await stopOrphan(cluster.folder, () => undefined);
  const logSize = await stat(logPath).then(
    (info) => info.size,
    () => 0,
  );
  // A file, not a pipe: the server must outlive a killed parent without choking on a broken pipe.
  const logFile = openSync(logPath, logSize > keptLogBytes ? "w" : "a", 0o600);
  if (cluster.user.uid !== undefined) {
    fchownSync(logFile, cluster.user.uid, cluster.user.gid ?? cluster.user.uid);
  }
  const settings = Object.entries(serverSettings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const child = spawn(
    cluster.binaries.postgres,
    ["-D", cluster.folder, "-p", String(port), ...settings],
    {
      ...cluster.user,
      cwd: "/",
      // Its own group: Ctrl-C in a terminal reaches this process only, which then stops in order.
      detached: process.platform !== "win32",
      env: clusterEnvironment,
      stdio: ["ignore", logFile, logFile],
    },
  );
  closeSync(logFile);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`exit ${signal ?? code}`));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`postgres did not start: ${await exited}`);
  const stop = async () => {
    await stopPostmaster(pid);
    await exited;
  };
  const reason = await Promise.race([waitUntilReady(cluster.folder, pid), exited]);
  if (reason !== "ready") {
    await stop();
    const written = (await readFile(logPath, "utf8").catch(() => "")).slice(logSize).trim();
    const message = `postgres did not start (${reason}): ${written.slice(-600)}`;
    if (/could not bind|Address already in use/.test(written)) {
      throw new EnginePortTakenError("PostgreSQL", port, new Error(message));
    }
    if (isDiskFull(written)) throw new DiskFullError(dirname(logPath), new Error(message));
    throw new Error(message);
  }
  return { exited, stop };
}

/** The server writes its state into line 8 of `postmaster.pid`; this is how `pg_ctl` waits as well. */
async function waitUntilReady(folder: string, pid: number): Promise<string> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const lines = (await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "")).split(
      "\n",
    );
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return "ready";
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return `not ready after ${readyTimeoutMs} ms`;
}
