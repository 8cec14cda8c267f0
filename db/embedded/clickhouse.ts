import { type ChildProcess, fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EngineLimits } from "./clickhouse-engine";
import type { ChildOrder, ChildReport } from "./clickhouse-wire";
import { KeptProcess, type RunningProcess } from "./keep-running";
import { EnginePortTakenError, type Log, loopbackHost } from "./loopback";
import { resolveOptional } from "./optional-package";

const user = "netra";
const database = "netra";
const bodyLimitBytes = 256 * 1024 * 1024;
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const folderTimeoutMs = 15_000;

type StartOrder = Extract<ChildOrder, { type: "start" }>;

const defaultLimits: EngineLimits = {
  concurrentQueries: 16,
  waitingQueries: 200,
  executionSeconds: 60,
  queryMemoryBytes: Math.min(4 * 1024 ** 3, Math.floor(totalmem() / 2)),
  allMemoryBytes: Math.floor(totalmem() * 0.6),
};

export interface EmbeddedClickHouse {
  /** `http://netra:<password>@127.0.0.1:<port>/netra`; stays the same when the engine is restarted. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts ClickHouse on `<dataDir>/clickhouse` in a process of its own, behind its HTTP interface,
 * and starts it again should it crash. The database `netra` is created if it is absent.
 * @param password URL-safe text.
 */
export async function startClickHouse(options: {
  dataDir: string;
  password: string;
  /** Any free one when absent. */
  port?: number | undefined;
  log: Log;
  limits?: Partial<EngineLimits>;
}): Promise<EmbeddedClickHouse> {
  // Asked here because the error of this process is the clearer one.
  resolveOptional("chdb");
  const folder = join(options.dataDir, "clickhouse");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let port = options.port ?? 0;
  const kept = await KeptProcess.start(
    "clickhouse",
    async () => {
      const child = await launchWhenFree({
        type: "start",
        folder,
        database,
        user,
        password: options.password,
        port,
        limits: { ...defaultLimits, ...options.limits },
        bodyLimitBytes,
      });
      port = child.port;
      return child;
    },
    options.log,
  );
  return {
    url: `http://${user}:${options.password}@${loopbackHost}:${port}/${database}`,
    stop: () => kept.stop(),
  };
}

/** A killed parent's engine ends by itself, but may still be at it: the folder is free after that. */
async function launchWhenFree(order: StartOrder): Promise<RunningProcess & { port: number }> {
  const deadline = Date.now() + folderTimeoutMs;
  for (;;) {
    try {
      return await launchChild(order);
    } catch (error) {
      if (!/Cannot lock file/.test(String(error)) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function launchChild(order: StartOrder): Promise<RunningProcess & { port: number }> {
  const child = fork(fileURLToPath(new URL("./clickhouse-child.ts", import.meta.url)), [], {
    // The parent may run under tsx, vitest or plain Node: the child always gets tsx, and nothing else.
    execArgv: ["--import", pathToFileURL(resolveOptional("tsx")).href],
    env: {
      ...process.env,
      // Each running query holds one of libuv's threads; kills and zlib need some besides.
      UV_THREADPOOL_SIZE: String(order.limits.concurrentQueries + 8),
      NODE_OPTIONS: "",
      TZ: "UTC",
    },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let lastWords = "";
  child.stderr?.on("data", (part: Buffer) => {
    lastWords = (lastWords + part.toString()).slice(-2_000);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(`exit ${signal ?? code}${lastWords ? `: ${lastWords.trim().slice(-400)}` : ""}`),
    );
  });
  const stop = () => stopChild(child, exited);
  const outcome = await Promise.race([firstReport(child, order), exited]);
  if (typeof outcome === "object" && outcome.type === "ready") {
    return { port: outcome.port, exited, stop };
  }
  await stop();
  const reason = typeof outcome === "string" ? outcome : outcome.message;
  if (/EADDRINUSE|is taken by another/.test(reason)) {
    throw new EnginePortTakenError("ClickHouse", order.port, new Error(reason));
  }
  throw new Error(`clickhouse did not start: ${reason}`);
}

function firstReport(child: ChildProcess, order: ChildOrder): Promise<ChildReport> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ type: "failed", message: `not ready after ${readyTimeoutMs} ms` }),
      readyTimeoutMs,
    );
    child.once("message", (report: ChildReport) => {
      clearTimeout(timer);
      resolve(report);
    });
    child.once("exit", () => clearTimeout(timer));
    child.send(order);
  });
}

async function stopChild(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.connected) child.send({ type: "stop" } satisfies ChildOrder, () => undefined);
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}
