import { Form, Link } from "@remix-run/react";
import { Archive, MessagesSquare, Search, Trash2 } from "lucide-react";
import { Button } from "../ui/button";
import { classNames } from "../ui/class-names";
import { EmptyState } from "../ui/empty-state";
import { inputClass } from "../ui/field";
import type { ThreadChange } from "./thread-changes";
import { type ThreadListItem, ThreadRow } from "./thread-row";

export type ThreadListName = "current" | "archived" | "deleted";

export interface ThreadListFacts {
  list: ThreadListName;
  search: string;
  threads: ThreadListItem[];
  /** Cursor of the next page. */
  next: string | null;
  firstPage: boolean;
  mayChange: boolean;
}

const lists: Array<{ name: ThreadListName; label: string; change: ThreadChange | null }> = [
  { name: "current", label: "Current", change: null },
  { name: "archived", label: "Archived", change: "unarchive" },
  { name: "deleted", label: "Recently deleted", change: "restore" },
];

/** The workspace's threads: a search, three lists and their pages, all of it links and a form. */
export function ThreadList({ facts }: { facts: ThreadListFacts }) {
  const { list, search, threads, next, firstPage, mayChange } = facts;
  const change = lists.find(({ name }) => name === list)?.change ?? null;
  return (
    <section aria-labelledby="threads-heading">
      <h2 id="threads-heading" className="mb-2 text-sm font-semibold">
        {search ? "Threads found" : firstPage ? "Threads" : "Earlier threads"}
      </h2>
      <Form method="get" action="/threads" role="search" className="mb-2 flex gap-2">
        {list === "current" ? null : <input type="hidden" name="list" value={list} />}
        <label className="relative min-w-0 flex-1">
          <span className="sr-only">Search titles and messages</span>
          <Search
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-ink-3"
          />
          <input
            key={`${list} ${search}`}
            type="search"
            name="q"
            defaultValue={search}
            maxLength={200}
            placeholder="Search titles and messages"
            className={classNames(inputClass, "pl-9")}
          />
        </label>
        <Button type="submit">Search</Button>
      </Form>
      <nav aria-label="Lists of threads" className="mb-2 -ml-2 flex flex-wrap gap-1">
        {lists.map(({ name, label }) => (
          <Link
            key={name}
            to={addressOf({ list: name, search })}
            aria-current={name === list ? "page" : undefined}
            className={classNames(
              "inline-flex h-8 items-center rounded-md px-2 text-[0.8125rem] pointer-coarse:h-11",
              name === list
                ? "bg-sunken font-medium text-ink"
                : "text-ink-2 hover:bg-sunken hover:text-ink",
            )}
          >
            {label}
          </Link>
        ))}
      </nav>
      {threads.length === 0 ? (
        <NoThreads list={list} search={search} />
      ) : (
        <ul className={mayChange && change ? "-ml-2" : "-mx-2"}>
          {threads.map((thread) => (
            <ThreadRow key={thread.id} thread={thread} change={mayChange ? change : null} />
          ))}
        </ul>
      )}
      <nav aria-label="Pages" className="mt-4 flex gap-3 text-[0.8125rem] empty:hidden">
        {firstPage ? null : (
          <Link to={addressOf({ list, search })} className="py-2 text-accent hover:underline">
            Newest threads
          </Link>
        )}
        {next ? (
          <Link
            to={addressOf({ list, search, after: next })}
            className="py-2 text-accent hover:underline"
          >
            Earlier threads
          </Link>
        ) : null}
      </nav>
    </section>
  );
}

function addressOf(to: { list: ThreadListName; search: string; after?: string }): string {
  const query = new URLSearchParams();
  if (to.list !== "current") query.set("list", to.list);
  if (to.search !== "") query.set("q", to.search);
  if (to.after) query.set("after", to.after);
  const text = query.toString();
  return text === "" ? "/threads" : `/threads?${text}`;
}

function NoThreads({ list, search }: { list: ThreadListName; search: string }) {
  if (search !== "") {
    return (
      <EmptyState icon={Search} title="Nothing found">
        No thread here has every word of “{search}” in its title or in one message.
      </EmptyState>
    );
  }
  switch (list) {
    case "current":
      return (
        <EmptyState icon={MessagesSquare} title="No threads yet">
          Ask a question above. The crew measures your calls and answers with a report whose figures
          all open their receipts.
        </EmptyState>
      );
    case "archived":
      return (
        <EmptyState icon={Archive} title="No archived threads">
          Archive a thread to put it out of the way. It stays readable and can be found here.
        </EmptyState>
      );
    case "deleted":
      return (
        <EmptyState icon={Trash2} title="Nothing was deleted lately">
          A deleted thread can be restored from here for 7 days.
        </EmptyState>
      );
  }
}
