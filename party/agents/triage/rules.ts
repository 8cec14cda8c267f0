import type { DatasetSummary } from "../../ports/thread-store";
import { weighFocus } from "./focus";
import { namedDatasets } from "./named-datasets";
import type { Intent, Metric, TriageResult } from "./result";
import { isSmallTalk } from "./small-talk";
import type { StatedTarget } from "./targets";

/** Words of a request for work or a judgement: no single figure of the log answers it. */
const ASKS_FOR_ADVICE =
  /\b(?:sav(?:e|es|ing|ings)|cheaper|cut|reduc\w*|optimi[sz]\w*|improv\w*|recommend\w*|suggest\w*|should|advice|plan|lever\w*|why|reasons?|wast(?:e|es|ing)|faster|slower|review|audit|analy[sz]\w*|compar\w*|roll ?back|worth it|migrat\w*|switch|downgrade\w*|mov(?:e|ing) to|too (?:expensive|slow|much|high|long)|larger|smaller|where does|growth|growing|forecast\w*|predict\w*|project(?:ed)? (?:costs?|spend\w*)|cach(?:e|es|ed|ing)|going on|went wrong|what happened|overview|summar(?:y|i[sz]e)|batch\w*|rout(?:e|ing)|avoid\w*|driv(?:e|es|er|ers|ing)|caus(?:e|es|ed|ing)|behind|explain\w*|would|run over|happens? if|if|has to|must|halve|jumped|spiked?|doubles|triples|get rid|so (?:slow|expensive|high|many)|report on|cost report|fix|replac\w*|alternative\w*|worth)\b|\bhow (?:do|can|could|will|should|would) (?:we|i|you|this|our)\b|\bhow (?:to|come)\b|\bwhat (?:can|could|must) (?:we|i|be)\b|\bwill (?:we|i|our|it)\b/;

/** How a request is dressed, which says nothing about what is asked for. */
const POLITE =
  /^(?:(?:hi|hello|hey|ok|okay|so|and|well|good (?:morning|afternoon|evening)|netra|@netra|team|there|quick question|question|one question)[ ,:.!-]+)*(?:(?:please|kindly|(?:can|could|would|will) (?:you|u|someone|anyone|i)(?: guys)?(?: please)?(?: be so kind(?: and| as to)?)?|(?:i|we)(?:'d| would)? (?:just )?(?:want|like|love|need|have)(?: to)?|(?:i|we)(?:'m| am|'re| are) (?:interested in|curious(?: about| to know)?|wondering|looking for)|do you know|any idea|let me|let us|help me|need(?= (?:to|the|a|an|my|our|some|all|numbers?)\b)|want(?= (?:to|the|a|an)\b)|looking for|wondering|curious(?: about)?|just)[ ,]+)*/;

/** A message without the words that only make it polite. */
export function unpolished(message: string): string {
  return message.trim().toLowerCase().replace(POLITE, "");
}

export function asksForAdvice(message: string): boolean {
  return ASKS_FOR_ADVICE.test(unpolished(message));
}

const MEASURE =
  "(?:costs?|spend(?:ing|ings)?|expenses?|expenditures?|bills?|money|price|tokens?|calls?|requests?|errors?|error rates?|failures?|failure rates?|retries|timeouts?|latency|latencies|response times?|p\\d\\d|usage|dollars)";

/** A question for a fact, or the bare name of one: "cost by provider", "top users by spend". */
const ASKS_FOR_A_FACT: readonly RegExp[] = [
  /^(?:(?:on|in|for|at|from|by|to|during|of|over|since) )?(?:what(?:'s|s)?|how (?:much|many|often|slow|fast|quick\w*|long|expensive|pricey|costly|high|big|frequent\w*)|which|who(?:'s|m)?|whose|when|tell|show|give|list|know|see|get|display|print|rank|break|breakdown|split|sort|count|sum|find out|check|report the|look up|where (?:did|do|is|are|was|were))\b/,
  /\b(?:how (?:much|many|often|long|fast|slow)|what (?:did|does|do|is|was|were|are) (?:the|our|it|we)|which (?:one|model|feature|provider|user|day)|tell me|show me|give me)\b/,
  /\b(?:know|tell (?:me|us)|see|wonder\w*|asks?|asked|asking|show|find out|share|send(?: me| us)?|question is)(?: please)?,? (?:what|how (?:much|many|often|long)|which|who|when)\b/,
  new RegExp(
    `^(?:the |our |my |me |it |it's |all |total |overall |average |avg |mean |median |daily |monthly |typical |max(?:imum)? |number of |count of |amount of |sum of |percentage of |share of |llm |ai |api |input |output |failed |model |feature |p\\d\\d |most |current )*${MEASURE}\\b`,
  ),
  /^(?:the |a |some |my |our )*(?:exact |rough |latest |current |total |overall |quick |raw )*(?:numbers?|figures?|counts?|stats|statistics|breakdown|ranking|list|table|split|top list|totals?)\b/,
  new RegExp(
    `\\b(?:number|count|amount|sum|total|share|percentage|average|median) (?:of )?(?:the |all |our |failed )*(?:it )?${MEASURE}\\b`,
  ),
  /^(?:the |our |my )*(?:\d+ )?(?:top|biggest|largest|slowest|fastest|heaviest|cheapest|most \w+|least \w+|highest|lowest|busiest|costliest)\b/,
  new RegExp(
    `${MEASURE}[^.?!]{0,40}\\b(?:by|per|for each|for every|split by|broken down by|grouped by) (?:model|feature|provider|user|day|customer)`,
  ),
  new RegExp(`^(?:it|it and it)(?:'s)? (?:total |average |median |p\\d\\d )?${MEASURE}\\b`),
];

/**
 * What kind of work a message asks for. A lookup asks for a fact and names its measure, and holds no word that asks for
 * advice, nor a bound. `unclear`: nothing in it says what to look at, so that any report would answer a question nobody
 * asked.
 */
export function readIntent(
  message: string,
  named = false,
  targets: ReadonlyArray<Pick<StatedTarget, "target">> = [],
): Intent {
  if (isSmallTalk(message)) return "small-talk";
  const text = unpolished(message);
  const subjects = weighFocus(text, targets);
  const isMeasured = subjects[0] !== "growth" && subjects[0] !== "caching" && !isAboutQuality(text);
  const fact =
    text.length <= 220 &&
    targets.length === 0 &&
    isMeasured &&
    readMetricOrNull(text) !== null &&
    ASKS_FOR_A_FACT.some((pattern) => pattern.test(text));
  if (fact && !ASKS_FOR_ADVICE.test(text)) return "lookup";
  return named || targets.length > 0 || subjects.length > 0 || SPEAKS_OF_THE_LOG.test(text)
    ? "analysis"
    : "unclear";
}

const isAboutQuality = (text: string) =>
  /\b(?:quality|accura\w*|hallucinat\w*|how (?:good|bad)|(?:worst|worse|bad|wrong|poor) (?:answers?|responses?|results?|outputs?))\b/.test(
    text,
  );

/** Words that ask for work on the log as a whole. */
const SPEAKS_OF_THE_LOG =
  /\b(?:usage|overview|dashboard|logs?|data(?:set)?s?|traffic|workload|llms?|ai|tokens?|calls?|requests?|prompts?|optimi[sz]\w*|audit|(?:monthly|weekly|daily|full|complete|detailed) (?:report|review|check)|health check|weird|unusual|strange|anomal\w*|outliers?|abnormal|suspicious|stand(?:s|ing)? out|what(?:'s| is) going on|what happened|what went wrong)\b/;

const METRICS: ReadonlyArray<readonly [Metric, RegExp]> = [
  [
    "errors",
    /\b(?:errors?|error rates?|fail\w*|retr(?:y|ies|ied)|time-?outs?|timed out|success rate|429s?|50[0234]s|[45]xx)\b/,
  ],
  ["tokens", /\btokens?\b/],
  [
    "latency",
    /\b(?:latenc\w*|slow\w*|fast\w*|quick\w*|p50|p9\d|response times?|respond\w*|first token|ttft|long(?:est)?|speed|wait\w*|take|takes)\b/,
  ],
  [
    "spend",
    /\b(?:cost\w*|spend\w*|spent|expens\w*|bill\w*|invoice\w*|pay|paid|paying|money|price\w*|pric(?:ey|ing|iest)|dollars?|usd|bucks|charged?|cheap\w*|burn\w*|budget|damage|outlay|fees?)\b|\$/,
  ],
  [
    "calls",
    /\b(?:calls?|called|calling|requests?|requested|usage|use[sd]?|times|often|busiest|popular|traffic|volume|frequent\w*|quer(?:y|ies)|invocations?|hits?|do we have|are there|heaviest|biggest users)\b|^(?:list|name|show)(?: me)? (?:all |the |our )*(?:models|features|providers|users|customers)\b/,
  ],
  // What is asked for with no measure at all is money.
  ["spend", /\bhow much\b|\btotals?\b/],
];

/** The metric that the words name; null when they name none. What is counted comes first: "how many calls failed". */
export function readMetricOrNull(text: string): Metric | null {
  const said =
    /\b(?:average|mean|total) (cost|spend|price|latency) (?:of|per|for)\b|\b(cost|price)s? per (?:\w+ )?(?:tokens?|calls?|requests?)\b|\bhow many (?:\w+ )?(tokens)\b/.exec(
      text,
    );
  if (said?.[3] !== undefined) return "tokens";
  if (said) return said[1] === "latency" ? "latency" : "spend";
  return METRICS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

export function readMetric(message: string): Metric {
  return readMetricOrNull(message.toLowerCase()) ?? "spend";
}

const DIMENSIONS: ReadonlyArray<readonly [NonNullable<TriageResult["by"]>, string]> = [
  ["model", "models?|llms?"],
  ["feature", "features?|use cases?|products?|applications?|apps?"],
  ["provider", "providers?|vendors?"],
  ["user", "users?|customers?|accounts?|people|persons?"],
  ["day", "days?|dates?"],
];
const RANKED =
  "(?:which|what|how many|list|by|per|each|every|top|biggest|largest|heaviest|busiest|costliest|priciest|(?:most|least) (?:expensive|used|popular|active|costly|frequent|frequently used)|cheapest|slowest|fastest|worst|best|across|between|among|rank(?:ing)?(?: of)?|compare|split by|list(?: of)?)";

/** What a question ranks or splits by. */
export function readDimension(message: string): TriageResult["by"] {
  const text = message.toLowerCase();
  const found = DIMENSIONS.flatMap(([by, nouns]) => {
    const match = new RegExp(
      `\\b${RANKED} (?:of )?(?:all )?(?:the |our |my |single |individual |different |\\d+ |most expensive |top |expensive |busiest |slowest |biggest |cheapest )*(?:${nouns})\\b`,
    ).exec(text);
    return match ? [{ by, at: match.index }] : [];
  }).sort((a, b) => a.at - b.at)[0];
  if (found) return found.by;
  if (/\bwho\b/.test(text) && !/\bwho (?:are|is) (?:you|this)\b/.test(text)) return "user";
  return /\bdaily\b(?! report)|\bday[- ]by[- ]day\b|^when (?:did|do|was|were)\b/.test(text)
    ? "day"
    : null;
}

const NEGATED =
  "(?:without|not|no|don't|do not|never|nothing|mustn't|cannot|can't|won't|shouldn't|n't|avoid)";
const STAYS =
  "(?:must|should|has to|have to|needs? to|may|can|is to|stays?|remains?|keeps?)\\b[^.?!,]{0,20}\\b(?:suffer|drop|stay|remain|worse|same|as good|kept|unchanged|change|degrade|decline|fast|equal|up|high|go down|go up|rise|increase)";

/** "Without making answers slower", "just as fast", "latency must not suffer". */
export function keepsLatency(message: string): boolean {
  return [
    `\\b${NEGATED}\\b(?! (?:know|understand|sure|see|clear))[^.?!,]{0,40}\\b(?:slower|slowing|slow(?: (?:down|anything|things|it|us|users|people))|longer|latency|speed|response times?)\\b(?! (?:than|bounds?))`,
    "\\b(?:same|equal|constant|unchanged|current|similar) (?:speed|latency|response times?)\\b",
    "\\b(?:just|at least|still|equally) (?:as )?(?:fast|quick)\\b|\\bas (?:fast|quick) as (?:today|now|before|it is|they are|currently)\\b|\\bno slower\\b",
    "\\b(?:keep\\w*|maintain\\w*|preserv\\w*)\\b[^.?!,]{0,20}\\b(?:latency|speed|response times?|fast)\\b",
    `\\b(?:latency|speed|response times?)\\b (?:${STAYS})\\b`,
  ].some((pattern) => new RegExp(pattern, "i").test(message));
}

/** "At equal quality", "quality must not suffer", "as good as today". */
export function keepsQuality(message: string): boolean {
  return [
    `\\b${NEGATED}\\b(?! (?:know|understand|sure|see|clear))[^.?!,]{0,40}\\b(?:quality|worse|accuracy)\\b`,
    "\\b(?:same|equal|at equal|keep\\w*|maintain\\w*|preserv\\w*|constant|similar|comparable|unchanged|current)\\b[^.?!]{0,25}\\b(?:quality|accuracy)\\b",
    "\\bas (?:good|accurate) as (?:today|now|before|it is|they are|currently)\\b|\\b(?:just as|equally) (?:good|accurate)\\b",
    `\\b(?:quality|accuracy|answers?|results?)\\b (?:of (?:\\w+ ){1,3})?(?:${STAYS})\\b`,
  ].some((pattern) => new RegExp(pattern, "i").test(message));
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
