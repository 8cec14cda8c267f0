import { type ClickHouse, createClickHouse } from "../clickhouse";
import { createDatabase, type Database } from "../postgres";
import { createRedis, type RedisCache } from "../redis";
import { type Config, ConfigError, parseConfig } from "./config";
import { reachClickHouse, reachPostgres } from "./connect";
import { StartupError } from "./exit-codes";
import { migrateSchemas } from "./schemas";
import { seedDevelopment } from "./seed-development";

export type { Config } from "./config";
export { exitCodes, StartupError } from "./exit-codes";

export interface Databases {
  db: Database;
  clickhouse: ClickHouse;
  redis: RedisCache;
}

export interface StartupResult {
  config: Config;
  databases: Databases;
}

/** One line about one stage; never a secret. */
export type StartupLog = (line: string) => void;

/**
 * Everything that must hold before a process serves: a right configuration, reachable databases,
 * schemas up to date and, in development only, the demo. A start that finds nothing to do takes a few
 * requests. Redis is not waited for: it holds caches only.
 * @throws StartupError, with the exit code of its stage
 */
export async function startup(
  env: Record<string, unknown>,
  { log }: { log: StartupLog },
): Promise<StartupResult> {
  const config = readConfig(env);
  const databases: Databases = {
    db: createDatabase(config),
    clickhouse: createClickHouse(config),
    redis: createRedis(config),
  };
  const stage = timed(log);

  await stage("databases reached", async () => {
    await Promise.all([reachPostgres(databases.db), reachClickHouse(databases.clickhouse)]);
    return "Postgres and ClickHouse answer";
  });
  await stage("schemas", () => migrateSchemas(databases));
  if (config.NETRA_ENV === "development") {
    await stage("demo", async () => {
      try {
        return await seedDevelopment(databases);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StartupError("seed", `The demo could not be written: ${reason}`, {
          cause: error,
        });
      }
    });
  }
  return { config, databases };
}

function readConfig(env: Record<string, unknown>): Config {
  try {
    return parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new StartupError("configuration", error.message, { cause: error });
    }
    throw error;
  }
}

function timed(log: StartupLog) {
  return async (name: string, work: () => Promise<string>): Promise<void> => {
    const startedAt = performance.now();
    const outcome = await work();
    log(`startup: ${name}: ${outcome} (${Math.round(performance.now() - startedAt)} ms)`);
  };
}
