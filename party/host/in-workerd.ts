import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as afterMs } from "node:timers/promises";
import { Log, LogLevel, Miniflare, type WorkerOptions } from "miniflare";
import { guardedWorkerdEnv } from "./guarded-workerd";

/**
 * `partykit dev`, the host and the worker at the edge all run as of this date and with these flags
 * (partykit.json). The Redis client asks fetch not to cache, which workerd of that date refuses without
 * the flag. A compressed socket would keep about 0.3 MB of tables for every client that does nothing.
 */
export const COMPATIBILITY_DATE = "2024-07-18";
export const COMPATIBILITY_FLAGS = [
  "nodejs_compat",
  "cache_option_enabled",
  "no_web_socket_compression",
];

/** How long the last lines of a workerd that did not start are waited for, ms. */
const LAST_WORDS_MS = 1_000;

export interface Address {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface RunningWorker {
  /** Where it answers. */
  url: string;
  /** Resolves when workerd has ended without being told to. */
  died: Promise<void>;
  /** What the platform does when a schedule is due. */
  scheduled(cron: string): Promise<void>;
  /** Stops workerd. Runs in progress go on when it is started again. */
  stop(): Promise<void>;
}

/** Of a worker; in no type of miniflare's own. */
interface Scheduled {
  scheduled(due: { cron: string; scheduledTime: Date }): Promise<{ outcome: string }>;
}

/**
 * Runs one worker in workerd on this machine.
 * @throws when the port is taken or the worker does not start
 */
export async function inWorkerd(
  { host, port }: Address,
  worker: WorkerOptions,
  { storage, print }: { storage: string; print: (line: string) => void },
): Promise<RunningWorker> {
  Object.assign(process.env, guardedWorkerdEnv());
  let stopping = false;
  let onDeath = () => {};
  const died = new Promise<void>((settle) => {
    onDeath = settle;
  });
  const silences: Promise<void>[] = [];
  const miniflare = new Miniflare({
    // Miniflare's own front worker is one more hop for every frame, and compresses every socket.
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.WARN),
    durableObjectsPersist: storage,
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) {
        const lines = createInterface(stream).on("line", print);
        silences.push(new Promise((settle) => lines.once("close", settle)));
      }
      stdout.once("end", () => {
        if (!stopping) onDeath();
      });
    },
    ...worker,
    unsafeDirectSockets: [{ host, port }],
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
  });
  try {
    const url = await miniflare.unsafeGetDirectURL();
    return {
      url: url.origin,
      died,
      scheduled: async (cron) => {
        const worker = (await miniflare.getWorker()) as unknown as Scheduled;
        const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date() });
        if (outcome !== "ok") throw new Error(`The schedule ended with ${outcome}`);
      },
      stop: async () => {
        stopping = true;
        await miniflare.dispose();
      },
    };
  } catch (error) {
    stopping = true;
    await miniflare.dispose().catch(() => {});
    // Why it did not start stands in its last lines, which may come after its end is known.
    await Promise.race([Promise.all(silences), afterMs(LAST_WORDS_MS)]);
    throw error;
  }
}
