import { Link } from "@remix-run/react";
import { Badge } from "../ui/badge";
import { inPlace } from "../ui/in-place";
import { RelativeTime } from "../ui/relative-time";
import { ChangeButton } from "./change-button";
import type { ExcerptPart } from "./search-excerpt";
import { type ThreadChange, threadChanges } from "./thread-changes";

export interface ThreadListItem {
  id: string;
  title: string;
  lastActivityAt: string;
  runState: string | null;
  /** Where a message says what was searched for. */
  excerpt: ExcerptPart[];
  /** Days until a deleted thread is removed for good; null for one that is not deleted. */
  daysLeft: number | null;
}

const rowClass = "flex min-h-11 min-w-0 flex-1 items-center gap-3 rounded-lg px-2 py-2";

/** A thread in a list, with what can be done to it from there. A deleted one cannot be opened. */
export function ThreadRow({
  thread,
  change,
}: {
  thread: ThreadListItem;
  change: ThreadChange | null;
}) {
  return (
    <li className="flex items-center gap-2">
      {thread.daysLeft === null ? (
        <Link to={`/threads/${thread.id}`} className={`${rowClass} hover:bg-sunken`}>
          <Facts thread={thread} />
        </Link>
      ) : (
        <div className={rowClass}>
          <Facts thread={thread} />
        </div>
      )}
      {change ? (
        <ChangeButton
          threadId={thread.id}
          change={change}
          describedAs={`${threadChanges[change]} “${thread.title}”`}
        />
      ) : null}
    </li>
  );
}

function Facts({ thread }: { thread: ThreadListItem }) {
  return (
    <>
      <span className="grid min-w-0 flex-1 gap-0.5">
        <bdi className="line-clamp-2 text-sm break-words sm:line-clamp-1">{thread.title}</bdi>
        {thread.excerpt.length > 0 ? (
          <span className="line-clamp-2 text-xs break-words text-ink-3">
            {inPlace(thread.excerpt).map(({ place, item }) =>
              item.hit ? (
                <mark key={place} className="rounded-sm bg-accent-soft text-accent-strong">
                  {item.text}
                </mark>
              ) : (
                <span key={place}>{item.text}</span>
              ),
            )}
          </span>
        ) : null}
      </span>
      <RunState state={thread.runState} />
      {thread.daysLeft === null ? (
        <RelativeTime
          instant={thread.lastActivityAt}
          className="w-22 shrink-0 text-right text-xs text-ink-3"
        />
      ) : (
        <span className="w-22 shrink-0 text-right text-xs text-ink-3">
          {thread.daysLeft === 1 ? "1 day left" : `${thread.daysLeft} days left`}
        </span>
      )}
    </>
  );
}

/** Only what needs a look: a finished run needs none. */
function RunState({ state }: { state: string | null }) {
  if (state === "running" || state === "pending") return <Badge tone="accent">running</Badge>;
  if (state === "failed") return <Badge tone="danger">failed</Badge>;
  if (state === "cancelled") return <Badge>stopped</Badge>;
  if (state === null) return <Badge tone="warn">not started</Badge>;
  return null;
}
