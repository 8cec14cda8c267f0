import { escapePattern, type Mention } from "./feature-names";
import { type Word, wordsOf } from "./stems";
import { isOneEditAway } from "./typos";

const BRANDS = new Set(
  "gpt claude gemini llama mistral mixtral deepseek qwen command grok nova phi gemma".split(" "),
);
/** Brands that are everyday words: they count with a version only. */
const EVERYDAY_BRANDS = new Set(["command", "nova", "phi"]);
const TIERS = new Set(["opus", "sonnet", "haiku", "flash"]);
/** A model of the family with one of these is another model; without one it is not meant. */
const SIZES = new Set(["mini", "nano", "turbo", "lite", "ultra", "small", "large"]);
const AFTER_A_SPACE = new Set(["mini", "nano", "pro", "turbo", "lite", "ultra"]);
const UNITS =
  /^(?:x|times|calls?|requests?|percent|hours?|days?|weeks?|months?|of|or|and|users?|features?|seconds?|s|ms|in)$/;

/**
 * Models that a normalised text names: in full, by a short name ("opus", "gpt 4o mini", "gpt4o") or by a family
 * ("claude"). A name with a version is that version only; one without means all of the family that the data hold.
 * A model that the data do not hold is found with no names. Pure.
 */
export function findModels(text: string, models: readonly string[]): Mention[] {
  const found = exact(text, models);
  const words = wordsOf(text).flatMap(splitBrand);
  for (let index = 0; index < words.length; index += 1) {
    const run = runFrom(text, words, index);
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) continue;
    if (found.some((one) => first.start < one.end && last.end > one.start)) continue;
    const parts = run.map((word) => word.text);
    const names = meant(parts, models);
    if (names.length > 0 || couldBeModel(parts)) {
      const said = text.slice(first.start, last.end);
      found.push({ kind: "model", start: first.start, end: last.end, names, said });
      index += run.length - 1;
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function exact(text: string, models: readonly string[]): Mention[] {
  const found: Mention[] = [];
  for (const name of [...models].sort((a, b) => b.length - a.length)) {
    const written = escapePattern(name.toLowerCase()).replace(/[-_ ]+/g, "[-_ ]");
    for (const match of text.matchAll(new RegExp(`(?<![\\w.-])${written}(?![\\w]|[-.]\\w)`, "g"))) {
      const [start, end] = [match.index, match.index + match[0].length];
      // "gpt 4o mini" does not also name gpt-4o.
      if (/^ (?:mini|nano|turbo|lite)\b/.test(text.slice(end))) continue;
      if (found.some((one) => start < one.end && end > one.start)) continue;
      found.push({ kind: "model", start, end, names: [name], said: match[0] });
    }
  }
  return found;
}

/** "gpt4o" is "gpt 4o". */
function splitBrand(word: Word): Word[] {
  const brand =
    /^(gpt|claude|gemini|llama|mistral|qwen|grok|gemma|phi|nova|opus|sonnet|haiku)(\d\w*)$/.exec(
      word.text,
    )?.[1];
  if (!brand) return [word];
  const at = word.start + brand.length;
  return [
    { text: brand, start: word.start, end: at },
    { text: word.text.slice(brand.length), start: at, end: word.end },
  ];
}

const isVersion = (text: string) => /^(?:\d{1,2}[a-z]?|\d{1,3}b|v\d+|o\d|\d{4,8})$/.test(text);

function runFrom(text: string, words: readonly Word[], index: number): Word[] {
  const first = words[index];
  if (!first || !begins(words, index)) return [];
  const run = [first];
  for (let at = index + 1; at < words.length; at += 1) {
    const word = words[at];
    const before = run.at(-1);
    if (!word || !before) break;
    const gap = text.slice(before.end, word.start);
    const attached = /^[-_.:]?$/.test(gap) && (gap !== "." || /\d/.test(word.text));
    const hasVersion = run.some((one) => isVersion(one.text));
    const follows =
      gap === " " &&
      (TIERS.has(word.text) ||
        AFTER_A_SPACE.has(word.text) ||
        (isVersion(word.text) && !hasVersion && !UNITS.test(words[at + 1]?.text ?? "")));
    if (!attached && !follows) break;
    run.push(word);
  }
  return run;
}

function begins(words: readonly Word[], index: number): boolean {
  const text = words[index]?.text ?? "";
  const before = words[index - 1];
  const isInside =
    before !== undefined && before.end + 1 === words[index]?.start && isVersion(before.text);
  return (
    BRANDS.has(text) ||
    (TIERS.has(text) && text !== "flash") ||
    /^(?:o[1-9]|\dox?)$/.test(text) ||
    (/^\d$/.test(text) &&
      !isInside &&
      /^\d$/.test(words[index + 1]?.text ?? "") &&
      AFTER_A_SPACE.has(words[index + 2]?.text ?? ""))
  );
}

function couldBeModel(parts: readonly string[]): boolean {
  const [first = ""] = parts;
  const hasVersion = parts.some(isVersion);
  if (BRANDS.has(first)) return hasVersion || (parts.length === 1 && !EVERYDAY_BRANDS.has(first));
  return TIERS.has(first) || /^o\d$/.test(first);
}

/** A release date says nothing about which model is meant. */
const partsOf = (model: string) =>
  wordsOf(
    model
      .toLowerCase()
      .replace(/^.*\//, "")
      .replace(/-?(?:20\d{2}-\d{2}-\d{2}|20\d{6})$/, ""),
  )
    .flatMap(splitBrand)
    .map(({ text }) => text);

function meant(parts: readonly string[], models: readonly string[]): string[] {
  const versioned = parts.some(isVersion);
  const fitting = models.flatMap((name) => {
    const own = partsOf(name);
    if (!parts.every((part) => own.includes(part))) return [];
    const more = own.filter((part) => !parts.includes(part));
    const isOther = versioned && more.some((part) => SIZES.has(part) || isVersion(part));
    return isOther ? [] : [{ name, more: more.length }];
  });
  if (!versioned) return fitting.map(({ name }) => name);
  const least = Math.min(...fitting.map(({ more }) => more));
  return fitting.filter(({ more }) => more === least).map(({ name }) => name);
}

/** Providers whose names are no everyday words. */
const WELL_KNOWN = new Set(
  "openai anthropic google azure bedrock vertex mistral cohere groq together fireworks deepseek xai meta amazon aws microsoft perplexity".split(
    " ",
  ),
);

/** Providers that a normalised text names: "openai", "open ai", "anthropic's", with one slip. Pure. */
export function findProviders(text: string, providers: readonly string[]): Mention[] {
  const words = wordsOf(text);
  const found: Mention[] = [];
  for (const name of providers) {
    const squeezed = name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
    if (squeezed === "") continue;
    for (const [index, word] of words.entries()) {
      const next = words[index + 1];
      const isOne =
        word.text === squeezed ||
        (squeezed.length >= 6 &&
          word.text[0] === squeezed[0] &&
          isOneEditAway(word.text, squeezed));
      const isTwo = !isOne && next !== undefined && `${word.text}${next.text}` === squeezed;
      if (!isOne && !isTwo) continue;
      const end = isTwo && next ? next.end : word.end;
      if (!WELL_KNOWN.has(squeezed) && !isPointedAt(text, word.start, end) && !/[-_\d]/.test(name))
        continue;
      found.push({
        kind: "provider",
        start: word.start,
        end,
        names: [name],
        said: text.slice(word.start, end),
      });
    }
  }
  return found;
}

function isPointedAt(text: string, start: number, end: number): boolean {
  return (
    /\b(?:for|of|on|to|with|via|from|at|did|does|and|provider|by|our)(?: the)? ["']?$/.test(
      text.slice(0, start),
    ) ||
    /^["']? (?:costs?|spend|calls|requests|errors|latency|bill|provider)\b/.test(text.slice(end))
  );
}
