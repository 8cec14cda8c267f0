import { isOneEditAway } from "./typos";

/** A run of letters and digits, and where it stands in the text. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

export function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** What stays of a word without its ending: "summaries", "summary" and "summarising" share one. */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  const bare = word.replace(
    /(?:[iy][sz]ations?|[sz]ing|[iy]?ations?|ions?|ings?|ers?|ies|es|ed|s|y|e)$/,
    "",
  );
  const kept = bare.length >= 3 ? bare : word;
  return kept.replace(/([b-df-hj-np-tv-z])\1$/, "$1");
}

/** How surely a word means a part of a name: 2 is the word itself, 1 a shortening or a slip of one letter, 0 is not. */
export function likeness(word: string, part: string): 0 | 1 | 2 {
  if (word === part) return 2;
  if (/\d/.test(word) || /\d/.test(part)) return 0;
  const [a, b] = [stem(word), stem(part)];
  if (a === b) return 2;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= 4 && long.startsWith(short)) return 2;
  if (a.length >= 3 && part.startsWith(a)) return 1;
  return Math.min(word.length, part.length) >= 5 && isOneEditAway(word, part) ? 1 : 0;
}
