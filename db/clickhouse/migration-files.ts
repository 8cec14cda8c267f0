import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checksumOf } from "../migration-history";
import type { ClickHouseMigration } from "./migrate";

/** Reads the numbered SQL files of a folder (by default db/clickhouse/migrations under the working folder). */
export async function readClickHouseMigrations(
  folder = join(process.cwd(), "db/clickhouse/migrations"),
): Promise<ClickHouseMigration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), "utf8");
      return { name, sql, checksum: await checksumOf(sql) };
    }),
  );
}
