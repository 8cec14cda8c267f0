import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { DataFolderInUseError, readNote, startEngines } from "../../db/embedded";

export interface OpenEngines {
  /** The process's environment with the engines' addresses filled in. */
  env: Record<string, string | undefined>;
  close(): Promise<void>;
}

/** What `npm run dev` leaves in the data folder for other commands. */
const noteSchema = z.object({ url: z.string(), env: z.record(z.string(), z.string()) });

/** How long another command may still hold the data folder, ms. */
const PATIENCE_MS = 60_000;

/** The web server and the rooms are no part of this command; its configuration still has to be whole. */
const unused = {
  APP_ORIGIN: "http://127.0.0.1",
  ROOMS_URL: "http://127.0.0.1",
  ROOM_TICKET_SECRET: "unused-by-the-command-line-of-netra",
};

/**
 * The engines named by the environment, those of a running `npm run dev`, or embedded ones of our own.
 * @throws {DataFolderInUseError} when another command keeps the data folder for too long.
 */
export async function openEngines(
  given: Record<string, string | undefined>,
  log: (line: string) => void,
): Promise<OpenEngines> {
  const wanted = {
    postgres: !given.DATABASE_URL,
    clickhouse: !given.CLICKHOUSE_URL,
    redis: !given.UPSTASH_REDIS_REST_URL,
  };
  const base = { ...unused, ...defined(given) };
  if (!wanted.postgres && !wanted.clickhouse && !wanted.redis) {
    return { env: base, close: async () => undefined };
  }
  const dataDir = resolve(given.NETRA_DATA_DIR || ".netra");
  const deadline = Date.now() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    try {
      const engines = await startEngines({ dataDir, only: wanted });
      return {
        env: { NETRA_ENV: "development", ...base, ...engines.env },
        close: () => engines.stop(),
      };
    } catch (error) {
      if (!(error instanceof DataFolderInUseError)) throw error;
      const note = noteSchema.safeParse(readNote(dataDir)?.note);
      if (note.success) {
        log(`Using the engines of Netra at ${note.data.url}.`);
        return { env: { ...base, ...note.data.env }, close: async () => undefined };
      }
      if (Date.now() > deadline) throw error;
      if (!told) log("Another command uses the data folder; waiting for it.");
      await wait(500);
    }
  }
}

function defined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
    ),
  );
}
