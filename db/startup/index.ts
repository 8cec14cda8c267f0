import { ClickHouseGate } from "../clickhouse";
import { ensureRedisStamp, guardRedis } from "../redis";
import type { Stamp } from "../stamp";
import {
  type Config,
  ConfigError,
  parseConfig,
  parseStoresConfig,
  type StoresConfig,
} from "./config";
import { foreign } from "./connect";
import { reasonOf, StartupError } from "./exit-codes";
import { seedDevelopment } from "./seed-development";
import { guardUrls, type Undertaking, verifyClickHouse, verifyStores } from "./sequence";
import { type StartupLog, stageLog } from "./stages";
import { type Databases, openDatabases, openStores } from "./stores";
import { watchClickHouse } from "./watch-clickhouse";

export type { Config } from "./config";
export { exitCodes, StartupError } from "./exit-codes";
export type { StartupLog } from "./stages";
export type { Databases } from "./stores";

export interface StartupOptions {
  log: StartupLog;
  /**
   * Told when, after the start, a store comes back and is wrong (foreign stamp, drift, a failing
   * migration): the process must stop serving. That store is not asked any more either way.
   */
  onRefused?: (error: StartupError) => void;
  /** Whether the process can do without ClickHouse for a while; by default yes. */
  mayDegrade?: boolean;
  /** Whether, in development, the demo is made; by default yes. */
  seed?: boolean;
  /** The project's folder with the migration files; by default the one that holds this code. */
  folder?: string;
}

export interface StartupResult {
  config: Config;
  /** Guarded: nothing reaches a ClickHouse or Redis before its stamp (and schema) was seen to be right. */
  databases: Databases;
  stamp: Stamp;
  /** Ends what goes on in the background and closes connections. */
  close(): Promise<void>;
}

/**
 * Everything that must hold before a process serves: configuration, then the stores (sequence.ts), then
 * the demo in development.
 * @throws StartupError, with the exit code of its stage
 */
export async function startup(
  env: Record<string, unknown>,
  options: StartupOptions,
): Promise<StartupResult> {
  const { log, mayDegrade = true, folder } = options;
  const stage = stageLog(log);
  const config = await stage("configuration", async (say) => {
    const read = readConfig(() => parseConfig(env));
    say(read.NETRA_ENV);
    return read;
  });
  await stage("environment", async () => guardUrls(config));

  const stores = openStores(config);
  const undertaking: Undertaking = { config, stores, stage, folder };
  const { stamp, clickhouseMissing } = await verifyStores(undertaking).catch(async (error) => {
    await stores.clickhouse.close();
    throw error;
  });
  if (clickhouseMissing !== null && !mayDegrade) {
    await stores.clickhouse.close();
    throw new StartupError(
      "clickhouse",
      `ClickHouse does not serve us: ${clickhouseMissing}. Check CLICKHOUSE_URL and that the server runs.`,
    );
  }

  const onRefused = options.onRefused ?? (() => {});
  const gate = new ClickHouseGate(clickhouseMissing, () => watch.wake());
  const plain = openDatabases(config);
  const databases: Databases = {
    db: plain.db,
    clickhouse: gate.guard(plain.clickhouse),
    redis: guardRedis(
      plain.redis,
      () => ensureRedisStamp(stores.redisStamp, stamp),
      (error) => onRefused(foreign(error)),
    ),
  };
  const seed = async (): Promise<void> => {
    if (config.NETRA_ENV !== "development" || options.seed === false) return;
    // Not by way of the gate: while it is closed this is one of the steps that open it.
    await stage("demo", async (say) => say(await seeding(plain)));
  };
  const watch = watchClickHouse(
    gate,
    async () => {
      const missing = await verifyClickHouse(undertaking, stamp);
      if (missing === null) await seed();
      return missing;
    },
    { log, onRefused },
  );
  if (clickhouseMissing === null) await seed();
  else watch.wake();
  return {
    config,
    databases,
    stamp,
    close: async () => {
      watch.stop();
      await Promise.all([plain.clickhouse.close(), stores.clickhouse.close()]);
    },
  };
}

/**
 * The part of a start that a deploy to the edge does by itself, since nothing there runs before the
 * first request: both stores checked, migrated and validated. Needs the stores' variables only.
 * @throws StartupError
 */
export async function prepareStores(
  env: Record<string, unknown>,
  { log, folder }: Pick<StartupOptions, "log" | "folder">,
): Promise<{ config: StoresConfig; stamp: Stamp }> {
  const config = readConfig(() => parseStoresConfig(env));
  guardUrls(config);
  const stores = openStores(config);
  try {
    const verified = await verifyStores({ config, stores, stage: stageLog(log), folder });
    if (verified.clickhouseMissing === null) return { config, stamp: verified.stamp };
    throw new StartupError("clickhouse", `ClickHouse: ${verified.clickhouseMissing}.`);
  } finally {
    await stores.clickhouse.close();
  }
}

async function seeding(databases: Databases): Promise<string> {
  try {
    return await seedDevelopment(databases);
  } catch (error) {
    throw new StartupError("seed", `The demo could not be written: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** @throws StartupError */
export function readConfig<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new StartupError("configuration", error.message, { cause: error });
    }
    throw error;
  }
}
