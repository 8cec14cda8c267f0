import { likeness, type Word, wordsOf } from "./stems";

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
  return found.sort((a, b) => a.start - b.start);
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
