import type { DatasetSummary } from "../../ports/thread-store";
import { namedDatasets } from "./named-datasets";
import type { Focus, Intent, Metric, TriageResult } from "./result";

/** Greetings and questions about Netra itself: answered without looking at any data. */
export function isSmallTalk(message: string): boolean {
  const text = message
    .trim()
    .toLowerCase()
    .replace(/[!?.,…\s]+$/g, "");
  if (text.length > 80) return false;
  return SMALL_TALK.some((pattern) => pattern.test(text));
}

const ACKNOWLEDGEMENT =
  "(?:thanks?|thank you|thx|cheers|great|nice|cool|perfect|awesome|wonderful|ok|okay|alright|got it|understood|good job|well done)";

const SMALL_TALK: readonly RegExp[] = [
  /^(?:hi|hello|hey|hey there|hi there|hello there|yo|howdy|good (?:morning|afternoon|evening|day))(?:[ ,]+(?:netra|there|team|all|everyone))?$/,
  new RegExp(
    `^${ACKNOWLEDGEMENT}(?:[ ,]+(?:${ACKNOWLEDGEMENT}|a lot|so much|very much|netra|you))*$`,
  ),
  /^(?:bye|goodbye|see you|good night)(?:[ ,]+netra)?$/,
  /^(?:hi|hello|hey)?[ ,]*how are you(?: doing)?(?: today)?$/,
  /^(?:who|what) are you$/,
  /^what can you do(?: for (?:me|us))?$/,
  /^(?:help|test|ping)$/,
];

const ASKS_FOR_ADVICE =
  /\b(?:sav(?:e|es|ing|ings)|cheaper|cut|reduc\w*|optimi[sz]\w*|improv\w*|recommend\w*|suggest\w*|should|advice|plan|lever\w*|why|wast(?:e|es|ing)|faster|slower|report|review|audit|analy[sz]\w*|compar\w*|roll ?back|worth it|migrat\w*|switch|downgrade\w*|mov(?:e|ing) to|too (?:expensive|slow|much)|larger|smaller|where does|growth|forecast\w*|predict\w*|project(?:ed)? (?:costs?|spend\w*)|cach(?:e|es|ed|ing)|going on|overview|avoid\w*|driv(?:e|es|er|ers|ing)|would|run over|happens? if|has to|halve)\b|\bhow (?:do|can|could|will) (?:we|i|you|this|our)\b|\bwhat (?:can|could|must) (?:we|i|be)\b|\bwill (?:we|i|our|it)\b/;

export function asksForAdvice(message: string): boolean {
  return ASKS_FOR_ADVICE.test(message.toLowerCase());
}

const MEASURE =
  "(?:costs?|spend(?:ing)?|bill|money|price|tokens?|calls?|requests?|errors?|error rates?|retries|latency|latencies|response times?|p\\d\\d|usage)";

/** A question for a fact, or the bare name of one: "cost by provider", "top users by spend". */
const ASKS_FOR_A_FACT: readonly RegExp[] = [
  /^(?:(?:so|and|ok|please|hey|hi)[ ,]+)*(?:what(?:'s|’s|s| is| was| were| did| does| do| are)?|how (?:much|many|often|slow|fast|long|expensive)|which|who(?:'s|’s)?|when|tell me|show me|give me|list)\b/,
  new RegExp(
    `^(?:please )?(?:the |our |my |total |overall |average |mean |median |daily |number of |count of )*${MEASURE}\\b`,
  ),
  new RegExp(`^(?:the |our )*(?:top|biggest|largest|slowest)\\b.*\\bby ${MEASURE}\\b`),
];

/**
 * What kind of work a message asks for. `unclear`: nothing in it says what to look at, so that any
 * report would answer a question nobody asked.
 */
export function readIntent(message: string, named = false): Intent {
  if (isSmallTalk(message)) return "small-talk";
  const text = message.trim().toLowerCase();
  const fact =
    text.length <= 200 &&
    readMetricOrNull(text) !== null &&
    ASKS_FOR_A_FACT.some((pattern) => pattern.test(text));
  if (fact && !ASKS_FOR_ADVICE.test(text)) return "lookup";
  return named || weighFocus(message).length > 0 || SPEAKS_OF_THE_LOG.test(text)
    ? "analysis"
    : "unclear";
}

/** Words that ask for work on the log as a whole. */
const SPEAKS_OF_THE_LOG =
  /\b(?:usage|overview|dashboard|logs?|data(?:set)?s?|traffic|workload|llms?|ai|tokens?|calls?|requests?|prompts?|optimi[sz]\w*|what(?:'s|’s| is) going on)\b/;

/** A word's weight says how much it is the subject: "what do failed calls cost" is about failures. */
const FOCUS: ReadonlyArray<{ focus: Focus; weight: number; pattern: RegExp }> = [
  {
    focus: "cost",
    weight: 5,
    pattern:
      /\b(?:cut|reduc\w*|lower|bring\w* down|decreas\w*|trim|halve|shrink)\b[^.?!;]*\b(?:costs?|spend\w*|bills?|money|expens\w*|budget)\b|\b(?:costs?|spend\w*|bills?)\b[^.?!;]*\bdown\b|\b(?:can|could) (?:we|i) save\b|\bsave (?:money|at least)\b|\b(?:find|ways?|where) [^.?!;]{0,20}\bsav(?:e|ings?)\b|\btoo (?:expensive|much)\b|[\d%]\s*(?:%|percent)?\s+(?:cheaper|less)\b|\bbelow \$|\bspend less\b/,
  },
  {
    focus: "growth",
    weight: 5,
    pattern:
      /\b(?:grow(?:s|th|ing)?|forecast\w*|predict\w*|project(?:ed|ion)? (?:costs?|spend\w*)|next (?:month|quarter|year)|scal(?:e|es|ing) up|(?:more|increase[sd]? (?:in|of)) (?:\w+ )?(?:usage|traffic|calls|users|volume|load)|(?:traffic|usage|volume|load) (?:doubles|triples|grows)|(?:double|triple|\dx) (?:the |our )?(?:traffic|usage|volume|load)|run over|run out|rate limits? with|month end|end of (?:the )?month)\b/,
  },
  {
    focus: "errors",
    weight: 4,
    pattern:
      /\b(?:errors?|fail(?:s|ed|ing|ures?)?|retr(?:y|ies|ying)|time-?outs?|rate.?limit\w*|outages?|429s?)\b/,
  },
  {
    focus: "caching",
    weight: 4,
    pattern: /\b(?:cach\w*|duplicat\w*|repeat\w*|prefix\w*|reuse\w*)\b/,
  },
  {
    focus: "quality",
    weight: 4,
    pattern:
      /\b(?:quality|accura\w*|correct(?:ness|ly)?|hallucinat\w*|wrong answers?|good enough)\b/,
  },
  {
    focus: "latency",
    weight: 3.5,
    pattern:
      /\b(?:slow\w*|fast|faster|fastest|speed\w*|quick\w*|latenc\w*|p\d\d|response times?|ttft|first token|(?:takes?|taking) (?:so |too )?long)\b/,
  },
  {
    focus: "models",
    weight: 3,
    pattern: /\b(?:models?|switch|swap|migrat\w*|upgrade\w*|downgrade\w*|newer|compare)\b/,
  },
  {
    focus: "cost",
    weight: 2,
    pattern:
      /\b(?:cost\w*|spend\w*|spent|money|expens\w*|cheap\w*|bill\w*|budget\w*|sav(?:e|ing|ings)|price\w*|pay(?:ing)?|paid|wast\w*|usd|dollars?|optimi[sz]\w*)\b|\$/,
  },
];

/** A bound is no subject: "without making answers slower", "at equal quality", "but we can't spend more". */
const BOUNDS =
  /\b(?:without|but not|but (?:keep|don['’]?t|do not|we can['’]?t)|(?:and|,) (?:don['’]?t|do not|never)|at (?:equal|the same|constant)|keep(?:ing)?|while)\b[^.?!,;:]*/g;

/** What the message is about, the weightiest first; none when it names no subject. */
export function weighFocus(message: string): Focus[] {
  const text = message.toLowerCase().replace(BOUNDS, " ");
  const weights = new Map<Focus, number>();
  for (const { focus, weight, pattern } of FOCUS) {
    if (pattern.test(text)) weights.set(focus, Math.max(weight, weights.get(focus) ?? 0));
  }
  return [...weights].sort(([, a], [, b]) => b - a).map(([focus]) => focus);
}

/** The same; a message about the log as a whole is about cost, one that names models is about these. */
export function readFocus(message: string, namesModels = false): Focus[] {
  const found = weighFocus(message);
  if (found.length > 0) return found;
  return [namesModels ? "models" : "cost"];
}

/** The metric that the words name; null when they name none. */
export function readMetricOrNull(text: string): Metric | null {
  if (/\b(?:errors?|fail\w*|retries)\b/.test(text)) return "errors";
  if (/\b(?:latency|slow\w*|fast\w*|p50|p90|p95|p99|response times?|long)\b/.test(text))
    return "latency";
  if (/\btokens?\b/.test(text)) return "tokens";
  if (/\b(?:cost\w*|spend\w*|spent|expens\w*|bill|pay|paid|money|price)\b|\$/.test(text))
    return "spend";
  if (/\b(?:calls?|requests?|usage|used?|times|often)\b/.test(text)) return "calls";
  return null;
}

export function readMetric(message: string): Metric {
  return readMetricOrNull(message.toLowerCase()) ?? "spend";
}

export function readDimension(message: string): TriageResult["by"] {
  const match =
    /\b(?:which|what|by|per|each|top|biggest|largest|heaviest|most expensive|cheapest|slowest|fastest)\s+(?:single\s+|\d+\s+)?(models?|features?|providers?|users?|days?)\b/.exec(
      message.toLowerCase(),
    );
  switch (match?.[1]?.replace(/s$/, "")) {
    case "model":
      return "model";
    case "feature":
      return "feature";
    case "provider":
      return "provider";
    case "user":
      return "user";
    case "day":
      return "day";
    default:
      return null;
  }
}

export function keepsLatency(message: string): boolean {
  return /\b(?:without|not|no|don['’]?t|never)\b[^.?!]{0,40}\b(?:slow\w*|latency|longer)\b|\bsame (?:speed|latency)\b|\bequal (?:speed|latency)\b/i.test(
    message,
  );
}

export function keepsQuality(message: string): boolean {
  return /\b(?:without|not|no|don['’]?t)\b[^.?!]{0,40}\b(?:quality|worse|accuracy)\b|\b(?:same|equal|at equal|keep(?:ing)?)\b[^.?!]{0,20}\bquality\b/i.test(
    message,
  );
}

/** Which datasets are meant: the named ones, all on request, else the newest. */
export function chooseDatasets(
  message: string,
  datasets: readonly DatasetSummary[],
): { chosen: DatasetSummary[]; choice: TriageResult["datasetChoice"] } {
  const [newest] = datasets;
  if (!newest) return { chosen: [], choice: "only" };
  if (datasets.length === 1) return { chosen: [newest], choice: "only" };
  const named = namedDatasets(message, datasets);
  if (named.length > 0) return { chosen: named, choice: "named" };
  if (
    /\b(?:all|every|across|both)\b[^.?!]{0,20}\b(?:datasets?|data|logs?|imports?|files?)\b/i.test(
      message,
    )
  ) {
    return { chosen: [...datasets], choice: "all" };
  }
  return { chosen: [newest], choice: "newest" };
}
