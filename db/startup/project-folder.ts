import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What only the project's folder has. */
const LANDMARK = "db/postgres/migrations/meta/_journal.json";

/**
 * The folder that holds db/ with its migration files: above this file, or above build/index.js once
 * bundled, whatever the working folder is.
 */
export function projectFolder(start = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, LANDMARK))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}
