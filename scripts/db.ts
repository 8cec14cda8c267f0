/**
 * `npm run db -- migrate`: brings the schemas of DATABASE_URL and CLICKHOUSE_URL up to date, as every
 * start of the web server does; for deploys to the edge, which have no start.
 * `npm run db -- reset`: removes the embedded engines' data, so that the next start begins afresh.
 */
import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { createClickHouse } from "../db/clickhouse";
import { DataFolderInUseError } from "../db/embedded";
import { acquireDataFolder } from "../db/embedded/lock";
import { createDatabase } from "../db/postgres";
import { reachClickHouse, reachPostgres } from "../db/startup/connect";
import { exitCodes, StartupError } from "../db/startup/exit-codes";
import { migrateSchemas } from "../db/startup/schemas";

if (existsSync(".env")) process.loadEnvFile(".env");

async function migrate(): Promise<void> {
  const { DATABASE_URL, CLICKHOUSE_URL } = process.env;
  if (!DATABASE_URL || !CLICKHOUSE_URL) {
    throw new StartupError(
      "configuration",
      "Set DATABASE_URL and CLICKHOUSE_URL. Embedded engines need no such step: `npm run dev` and `npm start` migrate them.",
    );
  }
  const databases = {
    db: createDatabase({ DATABASE_URL }),
    clickhouse: createClickHouse({ CLICKHOUSE_URL }),
  };
  await Promise.all([reachPostgres(databases.db), reachClickHouse(databases.clickhouse)]);
  console.log(`Schemas: ${await migrateSchemas(databases)}`);
  await databases.clickhouse.close();
}

function reset(): void {
  const dataDir = resolve(process.env.NETRA_DATA_DIR || ".netra");
  if (!existsSync(dataDir)) {
    console.log(`There is no data in ${dataDir}.`);
    return;
  }
  try {
    // Held only to be sure that nobody works in the folder.
    acquireDataFolder(dataDir).release();
  } catch (error) {
    if (!(error instanceof DataFolderInUseError)) throw error;
    throw new StartupError("configuration", `Netra runs on ${dataDir}: stop it first.`, {
      cause: error,
    });
  }
  rmSync(dataDir, { recursive: true });
  console.log(`Removed ${dataDir}. The next start begins afresh.`);
}

try {
  const [command] = process.argv.slice(2);
  if (command === "migrate") await migrate();
  else if (command === "reset") reset();
  else {
    console.error("Usage: npm run db -- migrate | reset");
    process.exitCode = exitCodes.configuration;
  }
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
