import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DataFolderInUseError, readNote, startEngines } from "../db/embedded";
import { processIdentity } from "../db/embedded/process-identity";
import { type HeldPort, holdPort } from "./ports";
import { type ProcessSpec, ProcessSupervisor, signalGroupOf } from "./processes";

/** What the processes of the product need to know; each adds what is its own. */
export interface ProductContext {
  dataDir: string;
  host: string;
  port: number;
  roomsHost: string;
  roomsPort: number;
  appOrigin: string;
  /** Where each answers this machine, whatever stands in front of it for everybody else. */
  here: { web: string; rooms: string };
  /** The environment every process gets: engines' URLs, addresses and the ticket secret filled in. */
  env: NodeJS.ProcessEnv;
}

export interface Product {
  /** `development` or `production`: taken where NETRA_ENV is not set, or null to demand it. */
  environment: string | null;
  /** Whether engines without a URL are embedded. */
  embed: boolean;
  processes: (context: ProductContext) => ProcessSpec[];
  print: (name: string, line: string) => void;
}

/** What a second start and the command line learn of a product that already runs. */
export interface RunningNote {
  url: string;
  env: Record<string, string>;
}

/**
 * Starts engines and processes, prints one line with the URL once all answer, and runs until it is
 * told to stop (SIGINT, SIGTERM, SIGHUP, or the death of the process that started it).
 */
export async function runProduct(product: Product): Promise<void> {
  const startedAt = Date.now();
  const dataDir = resolve(process.env.NETRA_DATA_DIR || ".netra");
  const running = readNote(dataDir);
  if (running) endBesideAnother(dataDir, running.pid);
  const pidFile = join(dataDir, "processes.json");
  await stopOrphans(pidFile);
  // Before the engines, which take any free port.
  const held = await holdPorts(process.env).catch(end);
  const engines = await startEngines({
    dataDir,
    only: {
      postgres: product.embed && !process.env.DATABASE_URL,
      clickhouse: product.embed && !process.env.CLICKHOUSE_URL,
      redis: product.embed && !process.env.UPSTASH_REDIS_REST_URL,
    },
    log: (line) => product.print("engines", line),
  }).catch((error: unknown) => {
    return error instanceof DataFolderInUseError
      ? endBesideAnother(dataDir, error.pid)
      : end(error);
  });

  const supervisor = new ProcessSupervisor(product.print, (pids) => {
    const known = Object.entries(pids).map(([name, pid]) => ({
      name,
      pid,
      identity: processIdentity(pid),
    }));
    writeFileSync(pidFile, JSON.stringify(known), { mode: 0o600 });
  });

  let stopping = false;
  const stop = async (exitCode: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await supervisor.stop();
    rmSync(pidFile, { force: true });
    await engines.stop();
    process.exit(exitCode);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop(0));
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop(0);
  }, 500).unref();

  try {
    const context = contextOf(product, dataDir, engines.env, held);
    await Promise.all([held.web.release(), held.rooms.release()]);
    await Promise.all(product.processes(context).map((spec) => supervisor.start(spec)));
    const note: RunningNote = {
      url: context.appOrigin,
      env: Object.fromEntries(
        Object.entries({ ...engines.env, NETRA_ENV: context.env.NETRA_ENV }).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        ),
      ),
    };
    engines.writeNote(note);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`\nNetra is ready at ${context.appOrigin} (${seconds} s). Press Ctrl-C to stop.`);
  } catch (error) {
    if (!stopping) console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    const exitCode = error instanceof Error && "exitCode" in error ? Number(error.exitCode) : 1;
    await stop(exitCode || 1);
  }
}

function endBesideAnother(dataDir: string, pid: number): never {
  const note = readNote(dataDir)?.note as Partial<RunningNote> | null | undefined;
  return end(
    note?.url
      ? `Netra already runs at ${note.url} (process ${pid}).`
      : `Netra is already starting or used by another command (process ${pid}, data folder ${dataDir}).`,
  );
}

function end(problem: unknown): never {
  console.error(problem instanceof Error ? problem.message : String(problem));
  process.exit(1);
}

interface HeldPorts {
  host: string;
  web: HeldPort;
  roomsHost: string;
  rooms: HeldPort;
}

/** @throws PortTakenError */
async function holdPorts(given: NodeJS.ProcessEnv): Promise<HeldPorts> {
  const host = given.HOST || "127.0.0.1";
  const roomsHost = given.ROOMS_HOST || "127.0.0.1";
  const web = await holdPort(given, "PORT", 3000, host);
  const rooms = await holdPort(given, "ROOMS_PORT", 1999, roomsHost);
  return { host, web, roomsHost, rooms };
}

function contextOf(
  product: Product,
  dataDir: string,
  engineUrls: object,
  held: HeldPorts,
): ProductContext {
  const given = process.env;
  const { host, roomsHost } = held;
  const [port, roomsPort] = [held.web.port, held.rooms.port];
  const appOrigin = given.APP_ORIGIN || `http://${host}:${port}`;
  const roomsUrl = given.ROOMS_URL || `http://${roomsHost}:${roomsPort}`;
  const env: NodeJS.ProcessEnv = {
    ...given,
    ...engineUrls,
    HOST: host,
    PORT: String(port),
    APP_ORIGIN: appOrigin,
    ROOMS_URL: roomsUrl,
    ROOM_TICKET_SECRET: given.ROOM_TICKET_SECRET || randomBytes(32).toString("base64url"),
  };
  if (product.environment !== null) env.NETRA_ENV ||= product.environment;
  const here = { web: addressHere(host, port), rooms: addressHere(roomsHost, roomsPort) };
  return { dataDir, host, port, roomsHost, roomsPort, appOrigin, here, env };
}

/** Who listens on all addresses is asked on loopback. */
function addressHere(host: string, port: number): string {
  const loopback: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const name = loopback[host] ?? host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** Ends what a supervisor left behind that was killed before it could clean up, and waits until it is gone. */
async function stopOrphans(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const left = JSON.parse(readFileSync(pidFile, "utf8")) as Array<{
    pid: number;
    identity: string;
  }>;
  for (const { pid, identity } of left) {
    if (processIdentity(pid) !== identity) continue;
    signalGroupOf(pid, "SIGKILL");
    for (let waited = 0; waited < 3_000 && processIdentity(pid) === identity; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  rmSync(pidFile, { force: true });
}
