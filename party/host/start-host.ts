import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare } from "miniflare";
import { ROOMS_BUNDLE } from "./build-rooms";
import { guardedWorkerdEnv } from "./guarded-workerd";

/**
 * Both `partykit dev` and the host run the rooms as of this date and with these flags (partykit.json).
 * The Redis client asks fetch not to cache, which workerd of that date refuses without the flag. A
 * compressed socket would keep about 0.3 MB of tables for every client that does nothing.
 */
export const COMPATIBILITY_DATE = "2024-07-18";
export const COMPATIBILITY_FLAGS = [
  "nodejs_compat",
  "cache_option_enabled",
  "no_web_socket_compression",
];

export interface HostOptions {
  /** The folder that holds `rooms/`, where every room's storage stands. */
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What the rooms read as their environment. */
  variables: Readonly<Record<string, string>>;
  bundle?: string;
  print?: (line: string) => void;
}

export interface RoomHost {
  /** Where the rooms answer. */
  url: string;
  /** Resolves when workerd has ended without being told to. */
  died: Promise<void>;
  /** Stops workerd. Runs in progress go on when the rooms are started again. */
  stop(): Promise<void>;
}

/**
 * Runs the built rooms in workerd on this machine.
 * @throws when there is no bundle, the port is taken or the bundle does not start
 */
export async function startHost(options: HostOptions): Promise<RoomHost> {
  const { dataDir, host, port, variables, print = console.log } = options;
  const script = await readFile(resolve(options.bundle ?? ROOMS_BUNDLE), "utf8");
  Object.assign(process.env, guardedWorkerdEnv());
  let stopping = false;
  let onDeath = () => {};
  const died = new Promise<void>((settle) => {
    onDeath = settle;
  });
  const miniflare = new Miniflare({
    // Miniflare's own front worker is one more hop for every frame, and compresses every socket.
    host: "127.0.0.1",
    port: 0,
    unsafeDirectSockets: [{ host, port }],
    cf: false,
    log: new Log(LogLevel.WARN),
    modules: true,
    script,
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
    bindings: {
      ...Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [`pkvar-${name}`, value]),
      ),
      PARTYKIT_CRONS: {},
    },
    durableObjects: { PARTYKIT_DURABLE: "PartyKitDurable" },
    durableObjectsPersist: join(resolve(dataDir), "rooms"),
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) createInterface(stream).on("line", print);
      stdout.once("end", () => {
        if (!stopping) onDeath();
      });
    },
  });
  try {
    const url = await miniflare.unsafeGetDirectURL();
    return {
      url: url.origin,
      died,
      stop: async () => {
        stopping = true;
        await miniflare.dispose();
      },
    };
  } catch (error) {
    stopping = true;
    await miniflare.dispose().catch(() => {});
    throw error;
  }
}
