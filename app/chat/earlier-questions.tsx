import { Link } from "@remix-run/react";
import { buttonClass } from "../ui/button";
import { plural } from "../ui/format-count";

/** Questions of a thread that a page shows at first, and how many more each time the reader asks. */
export const SHOWN_AT_FIRST = 20;
const SHOWN_MORE = 40;
const MOST = 10_000;

/** How many of the last questions an address asks for: `show` of its query. */
export function questionsAsked(query: URLSearchParams): number {
  const asked = Number(query.get("show"));
  return Number.isInteger(asked) ? Math.min(Math.max(asked, SHOWN_AT_FIRST), MOST) : SHOWN_AT_FIRST;
}

/** The way to what stands before the questions shown; nothing when they are all there. */
export function EarlierQuestions({ earlier, shown }: { earlier: number; shown: number }) {
  if (earlier === 0) return null;
  return (
    <Link
      to={`?show=${shown + SHOWN_MORE}`}
      preventScrollReset
      replace
      className={`${buttonClass("secondary", "small")} justify-self-center`}
    >
      Show earlier: {plural(earlier, "question")} above
    </Link>
  );
}
