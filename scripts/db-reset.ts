import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DataFolderInUseError } from "../db/embedded";
import { removeData, removeIfEmpty } from "../db/embedded/data-folder";
import { acquireDataFolder, type DataFolderLock } from "../db/embedded/lock";
import { StartupError } from "../db/startup/exit-codes";

/** Removes the data of the embedded engines and rooms, unless somebody works on it. @throws StartupError */
export function reset(): void {
  const dataDir = resolve(process.env.NETRA_DATA_DIR || ".netra");
  if (!existsSync(dataDir)) {
    console.log(`There is no data in ${dataDir}.`);
    return;
  }
  let lock: DataFolderLock;
  try {
    lock = acquireDataFolder(dataDir);
  } catch (error) {
    if (!(error instanceof DataFolderInUseError)) throw error;
    throw new StartupError("configuration", `Netra runs on ${dataDir}: stop it first.`, {
      cause: error,
    });
  }
  removeData(dataDir);
  lock.release();
  removeIfEmpty(dataDir);
  console.log(`Removed the data in ${dataDir}. The next start begins afresh.`);
}
