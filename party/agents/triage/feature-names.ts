import { likeness, stem, type Word, wordsOf } from "./stems";

/** Where a text names something, and what of the data it means. */
export interface Mention {
  kind: "feature" | "model" | "provider";
  start: number;
  end: number;
  /** Names as the data have them; none where the data hold no such thing. */
  names: readonly string[];
  /** As the text says it. */
  said: string;
}

/**
 * Features that a normalised text names. A compound name may be written with other endings ("document summaries"),
 * shortened ("doc summaries"), run together ("codereview"), turned round ("tagging of tickets") or with one slip. A
 * name of one everyday word counts only where the sentence points at it. Pure.
 */
export function findFeatures(text: string, features: readonly string[]): Mention[] {
  const words = wordsOf(text);
  const byLength = features
    .map((name) => ({ name, parts: partsOf(name) }))
    .sort((a, b) => b.parts.length - a.parts.length || b.name.length - a.name.length);
  const found: Mention[] = [];
  const add = (name: string, start: number, end: number) => {
    if (found.some((one) => start < one.end && end > one.start)) return;
    found.push({ kind: "feature", start, end, names: [name], said: text.slice(start, end) });
  };
  for (const { name, parts } of byLength) {
    if (parts.length === 0) continue;
    for (const [start, end] of parts.length === 1
      ? single(text, name)
      : compound(text, words, parts)) {
      add(name, start, end);
    }
  }
  for (const { word, name } of tellingWords(byLength)) {
    for (const [start, end] of pointedAt(text, word)) add(name, start, end);
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Words of compound names that are said of any app: alone, in any form, they name no feature ("faster answers"). */
const EVERYDAY = new Set(
  "answer support nightly daily weekly monthly question request message response user customer model prompt call token data log batch real time app service system test production live new old main internal public general default agent assistant bot tool help info list cost usage that online offline auto smart first last"
    .split(" ")
    .map(stem),
);
/** These are everyday words in this form only: "the report" and "review our spend", but "the reports are too dear". */
const EVERYDAY_FORMS = new Set("report review summary".split(" "));

/** Words that one compound name alone has, and so may stand for it: "the chat" where there is one chat. */
function tellingWords(
  names: ReadonlyArray<{ name: string; parts: readonly string[] }>,
): Array<{ word: string; name: string }> {
  const owners = new Map<string, Set<string>>();
  for (const { name, parts } of names) {
    for (const part of parts) {
      owners.set(stem(part), (owners.get(stem(part)) ?? new Set()).add(name));
    }
  }
  return names.flatMap(({ name, parts }) =>
    parts.length === 1
      ? []
      : parts
          .filter(
            (part) =>
              part.length >= 4 && !EVERYDAY.has(stem(part)) && owners.get(stem(part))?.size === 1,
          )
          .map((word) => ({ word, name })),
  );
}

/** Before a word that is meant as a thing; a bare "to search" or "please draft" is a verb. */
const POINTS =
  /(?:\b(?:for|of|in|on|from|by|does|did|our|the|my|without|except|excluding|ignoring|skip|but|features?|and|or|both|is|are|keep|get|make|has|have|than|vs\.?|versus|against|only|faster|cheaper|quicker|slower|better|less|bring|reduce|cut|optimi[sz]e|speed up)(?: (?:the|our|my|all|feature))*|[,&+/]) ["']?$/;
/** Behind a word that begins a sentence and is its subject or the first part of one. */
const IS_SUBJECT =
  /^["']? (?:features?|costs?|spend|spending|bill|calls|requests|tokens?|prompts?|traffic|usage|latency|errors?|failures?|quality|p\d\d|is|are|was|were|has|have|had|must|should|needs?|may|can|cannot|will|would|takes?|feels?|gets?|got|stays?|goes|went|keeps?|fails?|failed|doubles|triples|grows|too|slow|expensive|down|under|below|within|only|alone|last|this|yesterday|today|since|and|or|vs)\b|^["']?(?: ?[?!,:&/+]|$|-? ?p\d\d\b)/;
const BEGINS =
  /(?:^|[.?!:;,] ?)(?:(?:and|but|so|hi|hey|why|how|what|when|that|if|because|only|just) )*["']?$/;

function pointedAt(text: string, part: string): Span[] {
  return wordsOf(text).flatMap((word): Span[] => {
    if (EVERYDAY_FORMS.has(word.text) || likeness(word.text, part) !== 2) return [];
    const [before, after] = [text.slice(0, word.start), text.slice(word.end)];
    // Inside a compound of another kind: "code-gen", "email.com".
    if (/[\w][-_./@]$/.test(before) || /^[-_/@]\w|^\.\w/.test(after)) return [];
    const isThing = POINTS.test(before) && !/^ (?:me|us|it|them|for|through|engine)\b/.test(after);
    const isSubject = IS_SUBJECT.test(after) && BEGINS.test(before);
    return isThing || isSubject ? [[word.start, word.end]] : [];
  });
}

function partsOf(name: string): string[] {
  return wordsOf(name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()).map(({ text }) => text);
}

type Span = readonly [start: number, end: number];

function compound(text: string, words: readonly Word[], parts: readonly string[]): Span[] {
  const spans: Span[] = [];
  const joined = parts.join("");
  for (const [index, first] of words.entries()) {
    if (first.text === joined || first.text === `${joined}s`) {
      spans.push([first.start, first.end]);
      continue;
    }
    const straight = words.slice(index, index + parts.length);
    const turned = turnedRound(words, index);
    for (const run of parts.length === 2 && turned ? [straight, turned] : [straight]) {
      const [head, last] = [run[0], run.at(-1)];
      if (!head || !last || !means(run, parts) || !stand(text, run)) continue;
      spans.push([Math.min(head.start, last.start), Math.max(head.end, last.end)]);
      break;
    }
  }
  return spans;
}

/** "Tagging of the tickets" as [tickets, tagging]. */
function turnedRound(words: readonly Word[], index: number): Word[] | null {
  const first = words[index];
  let next = index + 1;
  while (next < index + 3 && /^(?:of|for|from|the|our|in)$/.test(words[next]?.text ?? ""))
    next += 1;
  const second = words[next];
  return first && second ? [second, first] : null;
}

function means(run: readonly Word[], parts: readonly string[]): boolean {
  if (run.length !== parts.length) return false;
  const likes = run.map(({ text }, index) => likeness(text, parts[index] ?? ""));
  return likes.every((one) => one > 0) && likes.some((one) => one === 2);
}

/** Words of one name stand side by side: no comma or full stop between them. */
function stand(text: string, run: readonly Word[]): boolean {
  const start = Math.min(...run.map((word) => word.start));
  const end = Math.max(...run.map((word) => word.end));
  return !/[,;:?!()]|\.\s/.test(text.slice(start, end));
}

/** Where the sentence points at a name of one word. */
function single(text: string, name: string): Span[] {
  const wanted = `${escapePattern(name.toLowerCase())}s?`;
  const alone = /[\d_-]/.test(name) ? `|(?<![\\w.-])(?<alone>${wanted})(?![\\w]|[-.]\\w)` : "";
  const pattern = new RegExp(
    `\\b(?:features?|for|of|in|on|to|with|via|off|at|our|from|does|did|do|is|are|and|or|without|except|excluding|ignoring|but|by)\\s+(?:the\\s+|our\\s+|feature\\s+)*["']?(?<led>${wanted})\\b|["'](?<quoted>${wanted})["']|\\b(?<leads>${wanted})(?=\\s+(?:feature|costs?|spend|calls|requests|too|is|slow|latency|traffic|errors?|usage|doubles|triples|grows))${alone}`,
    "gd",
  );
  return [...text.matchAll(pattern)].flatMap(({ indices }) => {
    const groups = indices?.groups;
    const at = groups?.led ?? groups?.quoted ?? groups?.leads ?? groups?.alone;
    return at ? [at] : [];
  });
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
