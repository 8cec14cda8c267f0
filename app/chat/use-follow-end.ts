import { useCallback, useEffect, useRef } from "react";
import { reportAnchor } from "./exchange-view";
import type { ThreadView } from "./thread-state";
import { activeRun } from "./timeline";

/** So near to the end, in pixels, a reader counts as following it. */
const NEAR = 160;

/**
 * Keeps the end of the thread in sight while a run works, for a reader who is already there. When the
 * report comes, it is read from its top.
 */
export function useFollowEnd(view: ThreadView): { goToEnd: () => void } {
  const following = useRef(true);
  useEffect(() => {
    const look = () => {
      const { scrollHeight } = document.documentElement;
      following.current = window.scrollY + window.innerHeight > scrollHeight - NEAR;
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);

  const run = activeRun(view);
  const reported = run !== null && view.reports[run.id] !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the thread grew
  useEffect(() => {
    if (run === null || !following.current) return;
    if (!reported) {
      window.scrollTo({ top: document.documentElement.scrollHeight });
      return;
    }
    document.getElementById(reportAnchor(run.id))?.scrollIntoView({ block: "start" });
    following.current = false;
  }, [view, reported]);

  /** For what the reader just sent: it is shown, wherever they were. */
  const goToEnd = useCallback(() => {
    following.current = true;
    // After the message stands in the page.
    requestAnimationFrame(() => {
      window.scrollTo({ top: document.documentElement.scrollHeight });
    });
  }, []);
  return { goToEnd };
}
