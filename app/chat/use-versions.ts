import { useCallback, useMemo, useState } from "react";
import { branchOf, type ChosenVersions } from "../../party/protocol";
import type { ThreadPageFacts } from "./thread-page";
import type { ThreadView } from "./thread-state";
import { questionsOf } from "./timeline";

/** The versions of questions that a reader looks at, where those are not the newest. */
export function useVersions(
  view: ThreadView,
  chosenAtFirst: ThreadPageFacts["chosen"],
): {
  chosen: ChosenVersions;
  /** The last question shown, where it is not the newest branch's: a new question then follows it. */
  after: string | undefined;
  /** Shows this version of the questions that follow `parent`. */
  show: (parent: string | null, messageId: string) => void;
  /** Back to the newest branch. */
  showNewest: () => void;
} {
  const [chosen, setChosen] = useState<ChosenVersions>(() => new Map(chosenAtFirst));
  const questions = useMemo(() => questionsOf(view), [view]);
  const after = useMemo(() => {
    const last = branchOf(questions, chosen).at(-1)?.question.id;
    return last === branchOf(questions).at(-1)?.question.id ? undefined : last;
  }, [questions, chosen]);
  const show = useCallback(
    (parent: string | null, messageId: string) =>
      setChosen((before) => new Map([...before, [parent, messageId]])),
    [],
  );
  const showNewest = useCallback(() => setChosen(new Map()), []);
  return { chosen, after, show, showNewest };
}
