/** Words of one search that are looked at; more only narrow an answer that is narrow already. */
const MOST_WORDS = 12;
const LONGEST_WORD = 100;

/**
 * The words a person searches for, cut as `search_words` of the first thread migration cuts texts.
 * Characters that Postgres takes in no text (NUL, halves of surrogate pairs) separate words too.
 */
export function searchedWords(text: string): string[] {
  return text
    .split(/[\s\0!-/:-@[-`{-~\p{Surrogate}]+/u)
    .filter((word) => word !== "")
    .slice(0, MOST_WORDS)
    .map((word) => [...word].slice(0, LONGEST_WORD).join(""));
}

/**
 * A `tsquery` that asks for all words, each of which may be the beginning of a longer one. Words hold
 * no ASCII punctuation, so none can be read as an operator. Null when nothing is searched for.
 */
export function searchQuery(text: string): string | null {
  const words = searchedWords(text);
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(" & ");
}
