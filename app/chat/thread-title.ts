const LONGEST = 90;

/** A thread's first title: its question's first line, cut at a word. */
export function titleOf(question: string): string {
  const line = question.trim().split("\n", 1)[0]?.replace(/\s+/g, " ").trim() ?? "";
  if (line.length <= LONGEST) return line;
  const cut = line.slice(0, LONGEST);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > LONGEST / 2 ? space : LONGEST)}…`;
}

/** Longest title a person may give, as the protocol has it. */
export const TITLE_MAX_CHARACTERS = 120;

/** A title as a person typed it, on one line. */
export function tidyTitle(typed: string): string {
  return typed.replace(/[\s\p{Cc}\p{Surrogate}]+/gu, " ").trim();
}

/** What is wrong with a tidy title; null when it can be given. */
export function titleProblem(title: string): string | null {
  if (title === "") return "Write a title: 1 to 120 characters.";
  return title.length <= TITLE_MAX_CHARACTERS
    ? null
    : `The title has ${title.length} characters; the limit is ${TITLE_MAX_CHARACTERS}.`;
}
