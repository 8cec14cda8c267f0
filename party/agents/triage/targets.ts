import type { EvidenceValue, Unit } from "../../protocol";
import { findAmounts } from "./amounts";
import type { Mention } from "./feature-names";
import type { Target } from "./result";
import { meaningOf, type Surroundings, UNREADABLE } from "./target-kinds";

/** A bound as the user wrote it, with the value that the stated evidence will hold. */
export interface StatedTarget {
  target: Target;
  value: EvidenceValue;
}

const STATED: Record<Target["kind"], { unit: Unit; label: string }> = {
  "cost-cut": { unit: "percent", label: "Asked saving" },
  "latency-bound": { unit: "ms", label: "Asked bound" },
  "speed-up": { unit: "ratio", label: "Asked speed-up" },
  budget: { unit: "USD", label: "Asked budget" },
  growth: { unit: "percent", label: "Assumed growth" },
};

/** A bound of an earlier question, with the value that says it again. */
export function statedTarget(target: Target): StatedTarget {
  const { unit, label } = STATED[target.kind];
  const of = target.percentile === null ? "" : ` on ${target.percentile}`;
  return {
    target,
    value: {
      segment: null,
      key: target.key,
      label: `${label}${of}`,
      unit,
      value: decimalText(target.value),
    },
  };
}

/** Without an exponent, as evidence has its values. */
function decimalText(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(0) : text;
}

export interface TargetReading {
  targets: StatedTarget[];
  /** The message asks for a bound that no target holds, such as a budget in another currency. */
  unread: boolean;
}

/**
 * Reads "20 % cheaper", "p95 under 500 ms", "2x faster", "budget of $500", "50 % more usage" in a normalised text.
 * `mentions` are the names in it that the question is about. A target is about the name in its own clause, else about
 * the only one of the clauses before it. Pure.
 */
export function readTargets(text: string, mentions: readonly Mention[]): TargetReading {
  // Digits of names are no amounts.
  const free = mentions.reduce(
    (rest, { start, end }) => `${rest.slice(0, start)}${" ".repeat(end - start)}${rest.slice(end)}`,
    text,
  );
  const targets: StatedTarget[] = [];
  let unread = false;
  for (const amount of findAmounts(free)) {
    const [from, to] = clauseOf(free, amount.start, amount.end);
    const around: Surroundings = {
      before: free.slice(from, amount.start),
      after: free.slice(amount.end, to),
      clause: free.slice(from, to),
      message: free,
    };
    const meaning = meaningOf(amount, around);
    if (meaning === UNREADABLE) unread = true;
    if (meaning === null || meaning === UNREADABLE) continue;
    const { kind, digits } = meaning;
    const segments = segmentsOf(text, { ...amount, from, to }, mentions);
    const percentile = kind === "latency-bound" ? percentileOf(around, free.slice(to)) : null;
    for (const segment of segments) {
      const isSaid = targets.some(
        ({ target }) =>
          target.kind === kind && target.segment === segment && target.percentile === percentile,
      );
      if (isSaid) continue;
      const key = targets.some(({ target }) => target.kind === kind)
        ? `${kind}-${targets.length + 1}`
        : kind;
      const stated = statedTarget({ kind, key, value: Number(digits), percentile, segment });
      targets.push({ ...stated, value: { ...stated.value, value: digits } });
    }
  }
  return { targets, unread };
}

/** "$900 a month, tops": what is said behind the comma still bounds the figure before it. */
const CLAUSE_END =
  /,(?! ?(?:tops|max(?:imum)?|at most|or (?:less|faster|better|under|below)|no more|not more)\b)|[;?!]|(?<!\b(?:budget|target|limit|cap|goal|max|growth|latency|p\d\d) ?):|\.(?!\d)|\bbut\b|\bwhile\b|\band (?=(?:the |our |its )?(?:latency|costs?|spend|speed|quality|p\d\d|response times?|traffic|usage)\b|don't|do not|never|keep|nothing|no\b)/g;

function clauseOf(text: string, start: number, end: number): readonly [from: number, to: number] {
  let from = 0;
  for (const match of text.slice(0, start).matchAll(CLAUSE_END)) {
    // The comma of "1,000" ends nothing.
    if (!/^,\d{3}/.test(text.slice(match.index))) from = match.index + match[0].length;
  }
  const next = text.slice(end).search(CLAUSE_END);
  return [from, next < 0 ? text.length : end + next];
}

function percentileOf({ clause }: Surroundings, rest: string): Target["percentile"] {
  const beside =
    /^,? ?(?:at |for |on )?(?:the )?(?:p\d\d|median|99th|95th)\b/.exec(rest)?.[0] ?? "";
  const said = `${clause}${beside}`;
  if (/\b(?:p50|median|50th|typical)\b/.test(said)) return "p50";
  return /\b(?:p99|99th|99 % of|tail)\b/.test(said) ? "p99" : "p95";
}

interface Place {
  start: number;
  end: number;
  /** Of the clause. */
  from: number;
  to: number;
}

const LISTED =
  /^["']? ?(?:,|&|\+|\/|and|,? ?and|or|, or) ?(?:for |in |on |of )?(?:the |our )?["']?$/;

/** "Chat, search and code review under 3 s": a bound on the last of a list is one on each of it. */
function segmentsOf(
  text: string,
  place: Place,
  mentions: readonly Mention[],
): ReadonlyArray<string | null> {
  const one = segmentOf(text, place, mentions);
  let at = mentions.findLastIndex(({ names, start }) => names[0] === one && start < place.start);
  const listed = [one];
  for (; at > 0; at -= 1) {
    const [before, last] = [mentions[at - 1], mentions[at]];
    if (!before || !last || before.kind !== last.kind || before.names.length !== 1) break;
    if (!LISTED.test(text.slice(before.end, last.start))) break;
    listed.unshift(before.names[0] ?? null);
  }
  return [...new Set(listed)];
}

function segmentOf(text: string, place: Place, mentions: readonly Mention[]): string | null {
  const known = mentions.filter(({ names, kind }) => names.length === 1 && kind !== "provider");
  const isNear = (one: Mention) =>
    one.start >= place.from &&
    one.end <= place.to &&
    // "Cut cost by 20 % and keep chat under 2 s": what follows an "and" is said of something else.
    !(
      one.start >= place.end &&
      /\b(?:and|with|at)\b/.test(
        text.slice(place.end, one.start).replace(/^ ?at (?:the )?\w+ /, ""),
      )
    );
  const distance = (one: Mention) =>
    one.end <= place.start ? place.start - one.end : one.start - place.end;
  const nearest = (kind: Mention["kind"]) =>
    known
      .filter((one) => one.kind === kind && isNear(one) && !isMoveTo(text, one))
      .sort((a, b) => distance(a) - distance(b))[0]?.names[0];
  const own = nearest("feature") ?? nearest("model");
  if (own !== undefined) return own;
  const inClause = mentions.some((one) => one.start >= place.from && one.end <= place.to);
  const before = known.filter((one) => one.kind === "feature" && one.end <= place.from);
  const [only] = new Set(before.flatMap(({ names }) => names));
  const isOnly = new Set(before.flatMap(({ names }) => names)).size === 1;
  const since = before.at(-1);
  const isBounded =
    since !== undefined && findAmounts(text.slice(since.start, place.from)).length > 0;
  return isOnly && !inClause && !isBounded ? (only ?? null) : null;
}

/** "Move to gpt-4o-mini and save 30 %": what is moved to is not what is bounded. */
const isMoveTo = (text: string, { kind, start }: Mention) =>
  kind === "model" && /\b(?:to|with|by|from|than|use|using)(?: the)? $/.test(text.slice(0, start));
