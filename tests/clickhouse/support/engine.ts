import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouse, createClickHouse } from "../../../db/clickhouse/client";
import { migrateClickHouse } from "../../../db/clickhouse/migrate";
import { readClickHouseMigrations } from "../../../db/clickhouse/migration-files";
import { startClickHouse } from "../../../db/embedded/clickhouse";

export interface TestClickHouse {
  clickhouse: ClickHouse;
  url: string;
  stop(): Promise<void>;
}

/** A ClickHouse of its own for a test file, migrated, in a folder that goes away with it. */
export async function startTestClickHouse(): Promise<TestClickHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), "netra-clickhouse-"));
  const engine = await startClickHouse({ dataDir, password: randomUUID(), log: () => undefined });
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: engine.url });
  await migrateClickHouse(clickhouse, await readClickHouseMigrations());
  return {
    clickhouse,
    url: engine.url,
    stop: async () => {
      await clickhouse.close();
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
