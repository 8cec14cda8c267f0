import { type RefObject, useEffect, useRef } from "react";
import type { ThreadView } from "./thread-state";

/** So near to the end, in pixels, a reader counts as following it. */
const NEAR = 160;

/** Keeps the end of the thread in sight while a run works, for a reader who is already there. */
export function useFollowEnd(view: ThreadView, running: boolean): RefObject<HTMLDivElement> {
  const end = useRef<HTMLDivElement>(null);
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the thread grew
  useEffect(() => {
    // A finished report is read from its top: only work in progress is followed.
    if (running && following.current) {
      window.scrollTo({ top: document.documentElement.scrollHeight });
    }
  }, [view]);
  return end;
}
