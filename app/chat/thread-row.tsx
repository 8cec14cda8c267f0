import { Link } from "@remix-run/react";
import { Badge } from "../ui/badge";
import { RelativeTime } from "../ui/relative-time";

export interface ThreadListItem {
  id: string;
  title: string;
  lastActivityAt: string;
  runState: string | null;
}

export function ThreadRow({ thread }: { thread: ThreadListItem }) {
  return (
    <li>
      <Link
        to={`/threads/${thread.id}`}
        className="flex min-h-11 items-center gap-3 rounded-lg px-2 py-2 hover:bg-sunken"
      >
        <bdi className="line-clamp-2 min-w-0 flex-1 text-sm break-words sm:line-clamp-1">
          {thread.title}
        </bdi>
        <RunState state={thread.runState} />
        <RelativeTime
          instant={thread.lastActivityAt}
          className="w-22 shrink-0 text-right text-xs text-ink-3"
        />
      </Link>
    </li>
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
