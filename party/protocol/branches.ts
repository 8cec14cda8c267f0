import type { Message } from "./events";

/** A question on the way from the first one to the newest, with the versions of it that stand beside it. */
export interface BranchPoint<Question> {
  question: Question;
  /** The question before it on the way; null for the first. */
  parent: string | null;
  /** The versions in the order in which they were asked, this one among them. */
  versions: readonly string[];
}

type Placed = Pick<Message, "id" | "parentId" | "ending">;

/** The version to show of the questions after a question (`null`: of the first ones). */
export type ChosenVersions = ReadonlyMap<string | null, string>;

const nothingChosen: ChosenVersions = new Map();

/**
 * The branch to show, of all questions of a thread in the order of their numbers: at each fork the version
 * that was chosen, else the one that leads to the newest question. Pure.
 */
export function branchOf<Question extends Placed>(
  questions: readonly Question[],
  chosen: ChosenVersions = nothingChosen,
): BranchPoint<Question>[] {
  const { children, newest, parents } = treeOf(questions);
  const path: BranchPoint<Question>[] = [];
  let last: string | null = null;
  for (;;) {
    const all: readonly Question[] = children.get(last) ?? [];
    const parent: string | null = parents.get(all[0]?.id ?? "") ?? null;
    const alive = all.filter(({ id }) => (newest.get(id) ?? -1) >= 0);
    const versions = alive.length > 0 ? alive : all;
    const question = versions.find(({ id }) => id === chosen.get(parent)) ?? newestOf(versions);
    if (!question) return path;
    path.push({ question, parent, versions: versions.map(({ id }) => id) });
    last = question.id;
  }

  function newestOf(versions: readonly Question[]): Question | undefined {
    return versions.reduce<Question | undefined>((best, one) => {
      const rank = (question: Question) => newest.get(question.id) ?? -1;
      return best && rank(best) > rank(one) ? best : one;
    }, undefined);
  }
}

/** The versions to choose so that the branch leads to a question; none when it is not among them. Pure. */
export function versionsLeadingTo(questions: readonly Placed[], id: string): ChosenVersions {
  const { parents } = treeOf(questions);
  const chosen = new Map<string | null, string>();
  for (let at: string | null = id; at !== null && chosen.size < questions.length; ) {
    const parent = parents.get(at);
    if (parent === undefined) break;
    chosen.set(parent, at);
    at = parent;
  }
  return chosen;
}

/**
 * Which questions follow which, and the place of the newest question behind each (-1 where all of them
 * were withdrawn). What follows a question that is not among them stands first.
 */
function treeOf<Question extends Placed>(questions: readonly Question[]) {
  const children = new Map<string | null, Question[]>();
  const parents = new Map<string, string | null>();
  const newest = new Map<string, number>();
  let before: string | null = null;
  for (const question of questions) {
    // Without one, the thread is older than branches: it follows the question before it.
    const given = question.parentId === undefined ? before : question.parentId;
    const known = given !== null && parents.has(given) ? given : null;
    parents.set(question.id, given);
    const siblings = children.get(known);
    if (siblings) siblings.push(question);
    else children.set(known, [question]);
    before = question.id;
  }
  // Backwards: whoever follows a question was asked after it.
  for (let place = questions.length - 1; place >= 0; place--) {
    const question = questions[place];
    if (!question) continue;
    const own = question.ending === "withdrawn" ? -1 : place;
    const reached = Math.max(own, newest.get(question.id) ?? -1);
    newest.set(question.id, reached);
    const parent = parents.get(question.id);
    if (parent) newest.set(parent, Math.max(reached, newest.get(parent) ?? -1));
  }
  return { children, newest, parents };
}
