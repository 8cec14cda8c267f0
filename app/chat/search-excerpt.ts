/** A piece of a text; `hit` where it is what was searched for. */
export interface ExcerptPart {
  text: string;
  hit: boolean;
}

const BEFORE = 48;
const LENGTH = 160;

/** The surroundings of the first searched word in a text, every beginning of a searched word marked. */
export function excerptOf(text: string, words: readonly string[]): ExcerptPart[] {
  // Searched words hold no ASCII punctuation, so nothing in them means something to a RegExp.
  const searched = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})`, "giu");
  const line = text.replace(/\s+/g, " ");
  const first = line.search(searched);
  const space = line.indexOf(" ", first - BEFORE);
  const from = first <= BEFORE ? 0 : space < first ? space + 1 : first - BEFORE;
  const characters = [...line.slice(from)];
  const shown = characters.slice(0, LENGTH).join("");
  const parts: ExcerptPart[] = from > 0 ? [{ text: "…", hit: false }] : [];
  let end = 0;
  for (const match of shown.matchAll(searched)) {
    if (match.index > end) parts.push({ text: shown.slice(end, match.index), hit: false });
    end = match.index + match[0].length;
    parts.push({ text: match[0], hit: true });
  }
  const rest = shown.slice(end) + (characters.length > LENGTH ? "…" : "");
  return rest === "" ? parts : [...parts, { text: rest, hit: false }];
}
