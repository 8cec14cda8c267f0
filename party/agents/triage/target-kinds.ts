import type { Amount } from "./amounts";
import type { Target } from "./result";

/** The words around an amount, within its clause. */
export interface Surroundings {
  before: string;
  after: string;
  clause: string;
  message: string;
}

export interface Meaning {
  kind: Target["kind"];
  digits: string;
}

/** A bound that the words ask for and no kind of target holds. */
export const UNREADABLE = "unreadable";

const LOAD =
  /\b(?:usage|traffic|calls?|requests?|users?|customers?|volumes?|load|demand|queries|prompts?|grow\w*|workload|sign-?ups?|questions?|messages?|conversations?|tickets?|tenants?|clients?|people|adoption)\b/;
const COST =
  /\b(?:cost\w*|spend\w*|bills?|billing|invoices?|expens\w*|price\w*|money|pay\w*|cheap\w*)\b/;
const SPEED =
  /\b(?:latenc\w*|response times?|slow\w*|fast\w*|quick\w*|speed\w*|p50|p9\d|ttft|first token|wait\w*|delays?|respond\w*|snappier)\b/;
const UP =
  /\b(?:more|increas\w*|grow\w*|rises?|rising|up|higher|additional|extra|expand\w*|gains?|jumps?|surges?|climbs?|bigger|adds?|adding)\b/;
const DOWN =
  /\b(?:cut\w*|reduc\w*|lower\w*|sav\w*|down|decreas\w*|shav\w*|trim\w*|slash\w*|shrink\w*|less|cheaper|off|drop\w*|fewer|halv\w*|knock\w*|bring|half)\b/;
const OTHER_MEASURE =
  /\b(?:errors?|error rate|fail\w*|retr(?:y|ies)|time-?outs?|tokens?|hit rate|quality|accuracy)\b/;
const AHEAD =
  /\b(?:if|would|will|expect\w*|next|assum\w*|plan\w*|could|might|going to|when|anticipat\w*|with|suppose|imagine|prepare)\b/;
const HAPPENED =
  /\b(?:grew|rose|went up|jumped|climbed|increased|doubled|tripled|quadrupled|dropped|fell|(?:has|have) (?:grown|risen|gone up|increased|doubled|tripled))\b/;
const COUNTS =
  /\b(?:how many|how often|which|what (?:share|percentage|fraction|part|calls|requests)|share of|percentage of|number of|count of)\b/;
const NOT = /\b(?:not|n't|never|no|without|cannot|mustn't)\b|n't\b/;
const WANTED =
  /\b(?:must|should|has to|have to|need\w*|want\w*|get|bring|keep\w*|reduc\w*|down|targets?|goal|make|cut|slo|sla|limit|respond\w*|answer\w*|can we|could we|require\w*|aim\w*|accept\w*)\b/;

const SPEEDS_UP =
  /\b(?:speed(?:ing)? [^.?!]{0,40}\bup|speed(?:ing)? up\b[^.?!]{0,40}|accelerat\w*[^.?!]{0,40}|(?:faster|quicker)) by (?:about |at least )?$/;

/** What an amount asks for: a target, nothing, or something that no target holds. Pure. */
export function meaningOf(
  { unit, digits }: Amount,
  around: Surroundings,
): Meaning | typeof UNREADABLE | null {
  switch (unit) {
    case "percent":
      return percentMeaning(digits, around);
    case "factor":
      return factorMeaning(digits, around);
    case "USD":
      return moneyMeaning(digits, around);
    case "ms":
      return durationMeaning(digits, around);
    case "other-money":
      return moneyMeaning(digits, around) === null ? null : UNREADABLE;
  }
}

function percentMeaning(
  digits: string,
  { before, after, clause, message }: Surroundings,
): ReturnType<typeof meaningOf> {
  const size = Number(digits);
  if (/^ ?(?:faster|quicker|speed-?up|snappier)/.test(after) || SPEEDS_UP.test(before)) {
    return { kind: "speed-up", digits: rounded(1 + size / 100) };
  }
  const isDown =
    lastAt(before, DOWN) >= 0 ||
    /^[^.?!]{0,25}\b(?:cheaper|less|off|savings?|reduction|lower|cost|decrease|fewer|down|cut)\b/.test(
      after,
    ) ||
    /\bhalv/.test(clause) ||
    // "Cut spend by 20 % and latency by 30 %": the order holds for both.
    (SPEED.test(clause) && !COST.test(clause) && !UP.test(clause) && DOWN.test(message));
  const isUp = UP.test(clause);
  const isShare = /^ of\b/.test(after) && lastAt(before, DOWN) < 0;
  if (isShare) return null;
  const loadNear = LOAD.test(after.slice(0, 40)) || LOAD.test(before.slice(-60));
  const happened = HAPPENED.test(clause) && !AHEAD.test(clause);
  if (isUp && loadNear && !isDownNearer(before, after))
    return happened ? null : { kind: "growth", digits };
  if (isDown) {
    if (HAPPENED.test(clause) && !WANTED.test(clause)) return null;
    if (SPEED.test(clause) && !COST.test(clause)) {
      return size < 100 ? { kind: "speed-up", digits: rounded(100 / (100 - size)) } : UNREADABLE;
    }
    if (OTHER_MEASURE.test(clause) && !COST.test(clause) && !/\bsav/.test(clause))
      return UNREADABLE;
    return size > 0 && size <= 100 ? { kind: "cost-cut", digits } : UNREADABLE;
  }
  if (isUp && AHEAD.test(message) && !COST.test(clause) && !happened)
    return { kind: "growth", digits };
  return /\b(?:under|below|at most|above|at least|within|less than)\b[^.?!]{0,12}$/.test(before) &&
    !COUNTS.test(clause)
    ? UNREADABLE
    : null;
}

/** "20 % less traffic-driven cost": which of the directions stands nearer to the figure. */
function isDownNearer(before: string, after: string): boolean {
  const down = Math.min(distanceBefore(before, DOWN), distanceAfter(after, DOWN));
  const up = Math.min(distanceBefore(before, UP), distanceAfter(after, UP));
  return down < up;
}

function factorMeaning(
  digits: string,
  { before, after, clause, message }: Surroundings,
): ReturnType<typeof meaningOf> {
  const size = Number(digits);
  if (!(size > 1)) return null;
  const growth = { kind: "growth", digits: rounded((size - 1) * 100) } as const;
  const near = `${before.slice(-45)}#${after.slice(0, 40)}`;
  if (/^ ?(?:cheaper|less expensive)/.test(after))
    return { kind: "cost-cut", digits: rounded(100 - 100 / size) };
  if (
    /\b(?:fast\w*|quick\w*|speed\w*|snappier)\b/.test(near) ||
    (SPEED.test(near) && DOWN.test(near))
  ) {
    return { kind: "speed-up", digits };
  }
  if (/\bslow|^ (?:a|per|every|each) (?:day|hour|week|month|minute)/.test(after)) return null;
  const happened =
    HAPPENED.test(clause) && !/\b(?:if|would|will|suppose|imagine|assum\w*)\b/.test(clause);
  if (happened) return null;
  if (LOAD.test(near)) return growth;
  const isVerb = /^(?:doubl|tripl|quadrupl)/.test(clause.slice(before.length).trim());
  const isCostOnly = COST.test(clause) && !AHEAD.test(message);
  return isVerb &&
    AHEAD.test(message) &&
    !isCostOnly &&
    !/\b(?:cost\w*|spend\w*|bill)\b[^.?!]{0,12}$/.test(before)
    ? growth
    : null;
}

/** What there is to spend, and what the spend has to come to. */
const BUDGET_BEFORE =
  /(?:\b(?:have|has|got|gives?|gave|granted|allocated|approved|allows?|targets?|goals?|aim\w*|aiming (?:at|for)) (?:[a-z'-]+ ){0,3}|\b(?:get|getting|bring\w*|down|cut\w*|reduc\w*|come|shrink\w*|go|land|drop\w*|lower\w*)\b[^.?!$]{0,40}\b(?:to|at) (?:about |around |roughly )?)$|\b(?:budget\w*|cap(?:ped)?|limit\w*|ceiling|under|below|at most|less than|within|max\w*|no more than|not more than|afford|only have|allowed|up to|stay\w*|beyond|break|exceed\w*|keep\w*)\b[^.?!$]{0,40}$/;
const BUDGET_AFTER =
  /^[^.?!,]{0,20}(?:,? ?)\b(?:budget|cap|limit|ceiling|max\w*|at most|tops|or (?:less|under|below)|no more|not more|is (?:all|what|the most))\b/;
const OVER = /\b(?:more than|over|above|past|hit|reach\w*)\b[^.?!$]{0,12}$/;

/** "Are we over budget? It's $2,000." */
const IS_THAT =
  /^\W*(?:(?:it(?:'s| is)?|its|that(?:'s| is)|which is|now|currently|about|only) ?)*\W*$/;

function moneyMeaning(
  digits: string,
  { before, after, clause, message }: Surroundings,
): ReturnType<typeof meaningOf> {
  if (Number(digits) <= 0) return null;
  if (
    /\bsav(?:e|es|ing|ings)\b[^.?!]{0,40}$/.test(before) ||
    /^[^.?!,]{0,20}\b(?:savings?|cheaper|less)\b/.test(after)
  )
    return UNREADABLE;
  if (COUNTS.test(clause) && !/\bbudget\b/.test(clause))
    return OVER.test(before) || BUDGET_BEFORE.test(before) ? UNREADABLE : null;
  const isOver =
    OVER.test(before) &&
    (NOT.test(before) || /\b(?:when|will|go|run|get|are we|do we|would)\b/.test(before));
  const isSaidOfIt = IS_THAT.test(before) && /\bbudget\b/.test(message);
  const isBudget = BUDGET_BEFORE.test(before) || BUDGET_AFTER.test(after) || isOver || isSaidOfIt;
  if (!isBudget) return null;
  const past =
    /\b(?:spent|paid|charged|cost us|came to)\b/.test(clause) && !/\bbudget\b/.test(clause);
  if (past || /^[^.?!,]{0,15}\b(?:bill|invoice|charge|spike)\b/.test(after)) return null;
  // Budgets are held against a month.
  return /^(?:k|m)? ?(?:\/|a |per |each |every )?(?:day|daily|week|weekly|quarter|quarterly|year|yearly|annual\w*|call|request|user)\b/.test(
    after,
  )
    ? UNREADABLE
    : { kind: "budget", digits };
}

const BOUND_BEFORE =
  /(?:\b(?:under|below|at most|less than|within|max(?:imum)?(?: of)?|faster than|no (?:more|longer|slower) than|not (?:more|longer|slower) than|up to|beneath|sub)|≤|<=?) ?(?:about |around |the |a )?$/;
const BOUND_AFTER =
  /^ ?(?:max\w*|or (?:less|faster|better|below|under)|at most|tops|limit|cap|bound|target|slo|sla|budget|ceiling)\b/;
const OVER_BEFORE =
  /\b(?:longer than|more than|slower than|exceed\w*|over|above|beyond) (?:about |the |a )?$/;
const LOOSE_BEFORE = /\b(?:in|to|of|is|be|at) (?:about |around |the |a )?$/;

function durationMeaning(
  digits: string,
  { before, after, clause }: Surroundings,
): ReturnType<typeof meaningOf> {
  const bound = { kind: "latency-bound", digits } as const;
  const counts = COUNTS.test(clause) && !/\b(?:get|bring|keep|must|should)\b/.test(clause);
  if (BOUND_BEFORE.test(before) || BOUND_AFTER.test(after)) return counts ? UNREADABLE : bound;
  if (OVER_BEFORE.test(before)) return NOT.test(before) && !counts ? bound : UNREADABLE;
  if (/^sub-?second/.test(clause.slice(before.length))) return bound;
  return LOOSE_BEFORE.test(before) && WANTED.test(clause) && !/\bwhy\b/.test(clause) && !counts
    ? bound
    : null;
}

/** Two decimals, without zeros at the end. */
function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function lastAt(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern, "g"))].at(-1)?.index ?? -1;
}

const distanceBefore = (text: string, pattern: RegExp) => {
  const at = lastAt(text, pattern);
  return at < 0 ? Number.POSITIVE_INFINITY : text.length - at;
};
const distanceAfter = (text: string, pattern: RegExp) => {
  const at = text.search(pattern);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
};
