import { type ClickHouse, createClickHouse, FailedMigrationError } from "../clickhouse";
import { ChangedMigrationError, migrateClickHouse } from "../clickhouse/migrate";
import { createDatabase, type Database } from "../postgres";
import { migratePostgres, PostgresMigrationError } from "../postgres/migrate";
import { createRedis, type RedisCache } from "../redis";
import { type Config, ConfigError, parseConfig } from "./config";
import { reachClickHouse, reachPostgres } from "./connect";
import { StartupError, type StartupStage } from "./exit-codes";
import { type MigrationFiles, readMigrations } from "./migration-files";
import { seedDevelopment } from "./seed-development";

export { type Config, ConfigError, type Environment, parseConfig } from "./config";
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
  { log, migrations }: { log: StartupLog; migrations?: MigrationFiles },
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
  const files = migrations ?? (await migrating("migration files", readMigrations()));
  await stage("schemas", async () => {
    const [postgres, clickhouse] = await Promise.all([
      migrating("Postgres", migratePostgres(databases.db, files.postgres)),
      migrating("ClickHouse", migrateClickHouse(databases.clickhouse, files.clickhouse)),
    ]);
    return postgres + clickhouse.length === 0
      ? "up to date"
      : `migrated (Postgres ${postgres}, ClickHouse ${clickhouse.length})`;
  });
  if (config.NETRA_ENV === "development") {
    await stage("demo", async () => {
      try {
        return await seedDevelopment(databases);
      } catch (error) {
        throw new StartupError("seed", `The demo could not be written: ${reason(error)}`, {
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

/** An error of a migration ends the start as one; a database that went away in between as such. */
async function migrating<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const failed =
      error instanceof PostgresMigrationError ||
      error instanceof FailedMigrationError ||
      error instanceof ChangedMigrationError;
    throw new StartupError(
      "migration" satisfies StartupStage,
      failed ? error.message : `Migrating ${what} failed: ${reason(error)}`,
      { cause: error },
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
