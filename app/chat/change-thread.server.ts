import {
  archiveThread,
  type Database,
  deleteThread,
  restoreThread,
  type ThreadPlace,
  unarchiveThread,
} from "../../db/postgres";
import type { ThreadChange } from "./thread-changes";

/** Makes the change; false when the workspace has no such thread. */
export function changeThread(
  db: Database,
  place: ThreadPlace,
  change: ThreadChange,
): Promise<boolean> {
  switch (change) {
    case "archive":
      return archiveThread(db, place);
    case "unarchive":
      return unarchiveThread(db, place);
    case "delete":
      return deleteThread(db, place);
    case "restore":
      return restoreThread(db, place);
  }
}
