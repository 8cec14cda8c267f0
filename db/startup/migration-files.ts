import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ClickHouseMigration } from "../clickhouse/migrate";
import { readClickHouseMigrations } from "../clickhouse/migration-files";
import { checksumOf } from "../migration-history";
import { type PostgresMigration, PostgresMigrationError } from "../postgres/migrate";
import { projectFolder } from "./project-folder";

export interface MigrationFiles {
  postgres: PostgresMigration[];
  clickhouse: ClickHouseMigration[];
}

/** Reads all migrations from disk; Node only, so that everything that applies them can run anywhere. */
export async function readMigrations(folder = projectFolder()): Promise<MigrationFiles> {
  const [postgres, clickhouse] = await Promise.all([
    readPostgresMigrations(join(folder, "db/postgres/migrations")),
    readClickHouseMigrations(join(folder, "db/clickhouse/migrations")),
  ]);
  return { postgres, clickhouse };
}

/** What drizzle-kit keeps: which files there are, and in which order. */
const journalSchema = z.object({
  entries: z.array(z.object({ idx: z.number(), when: z.number(), tag: z.string() })),
});
/** drizzle-kit's mark between two statements. */
const BREAKPOINT = "--> statement-breakpoint";

async function readPostgresMigrations(folder: string): Promise<PostgresMigration[]> {
  try {
    const text = await readFile(join(folder, "meta/_journal.json"), "utf8");
    const { entries } = journalSchema.parse(JSON.parse(text));
    return await Promise.all(
      entries
        .sort((a, b) => a.idx - b.idx)
        .map(async ({ tag, when }) => {
          const sql = await readFile(join(folder, `${tag}.sql`), "utf8");
          return {
            name: tag,
            checksum: await checksumOf(sql),
            statements: sql.split(BREAKPOINT),
            generatedAt: when,
          };
        }),
    );
  } catch (error) {
    throw new PostgresMigrationError("files", "they could not be read", { cause: error });
  }
}
