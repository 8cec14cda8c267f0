import { validate as isUuid } from "uuid";
import {
  type Database,
  findThread,
  listThreads,
  RESTORABLE_DAYS,
  searchedWords,
  type ThreadPage,
} from "../../db/postgres";
import { excerptOf } from "./search-excerpt";
import { isThreadChange, type ThreadChange, undoOf } from "./thread-changes";
import type { ThreadListFacts, ThreadListName } from "./thread-list";
import type { ThreadListItem } from "./thread-row";

const PAGE = 30;
const LONGEST_SEARCH = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The list that an address asks for: `list`, `q` and `after` of its query. */
export async function readThreadList(
  db: Database,
  workspaceId: string,
  query: URLSearchParams,
): Promise<Omit<ThreadListFacts, "mayChange">> {
  const list = listOf(query.get("list"));
  const search = (query.get("q") ?? "").slice(0, LONGEST_SEARCH).trim();
  const after = query.get("after");
  const page = await listThreads(db, { workspaceId, limit: PAGE, after, filter: list, search });
  const words = searchedWords(search);
  return {
    list,
    search: words.length === 0 ? "" : search,
    threads: page.threads.map((thread) => itemOf(thread, words)),
    next: page.next,
    firstPage: after === null,
  };
}

function listOf(name: string | null): ThreadListName {
  return name === "archived" || name === "deleted" ? name : "current";
}

function itemOf(thread: ThreadPage["threads"][number], words: readonly string[]): ThreadListItem {
  const gone = thread.deletedAt?.getTime() ?? null;
  return {
    id: thread.id,
    title: thread.title,
    lastActivityAt: thread.lastActivityAt.toISOString(),
    runState: thread.runState,
    excerpt: thread.found === null ? [] : excerptOf(thread.found, words),
    daysLeft:
      gone === null
        ? null
        : Math.max(1, Math.ceil((gone + RESTORABLE_DAYS * DAY_MS - Date.now()) / DAY_MS)),
  };
}

/** A change that was just made and can be undone, as the address of the list after it says. */
export interface DoneChange {
  threadId: string;
  text: string;
  undo: ThreadChange;
}

/** Null when the address names no change that the thread's state bears out. */
export async function readDoneChange(
  db: Database,
  workspaceId: string,
  query: URLSearchParams,
): Promise<DoneChange | null> {
  const [done, threadId] = [query.get("done"), query.get("thread")];
  if (!isThreadChange(done) || !threadId || !isUuid(threadId)) return null;
  const undo = undoOf[done];
  if (!undo) return null;
  const thread = await findThread(db, { workspaceId, threadId });
  if (done === "archive" && thread?.archivedAt) {
    return { threadId, undo, text: "The thread is archived." };
  }
  if (done === "delete" && !thread) {
    return { threadId, undo, text: "The thread is deleted. It can be restored for 7 days." };
  }
  return null;
}
