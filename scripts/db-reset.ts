import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { DataFolderInUseError } from "../db/embedded";
import { acquireDataFolder } from "../db/embedded/lock";
import { StartupError } from "../db/startup/exit-codes";

/** Removes the embedded engines' data folder, unless somebody works in it. @throws StartupError */
export function reset(): void {
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
