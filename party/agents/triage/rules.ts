import type { DatasetSummary } from "../../ports/thread-store";
import { namedDatasets } from "./names";
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

const SMALL_TALK: readonly RegExp[] = [
  /^(?:hi|hello|hey|hey there|hi there|hello there|yo|howdy|good (?:morning|afternoon|evening|day))(?:[ ,]+(?:netra|there|team|all|everyone))?$/,
  /^(?:thanks?|thank you|thx|cheers|great|nice|cool|perfect|awesome|ok|okay|got it|good job|well done)(?:[ ,]+(?:a lot|so much|very much|netra|thanks|thank you|you))*$/,
  /^(?:bye|goodbye|see you|good night)(?:[ ,]+netra)?$/,
  /^(?:hi|hello|hey)?[ ,]*how are you(?: doing)?(?: today)?$/,
  /^(?:who|what) are you$/,
  /^what can you do(?: for (?:me|us))?$/,
  /^(?:help|test|ping)$/,
];

const ASKS_FOR_ADVICE =
  /\b(?:sav(?:e|es|ing|ings)|cheaper|cut|reduc\w*|optimi[sz]\w*|improv\w*|recommend\w*|suggest\w*|should we|should i|advice|plan|lever\w*|why|waste\w*|faster|slower|report|audit|analy[sz]\w*|roll ?back|worth it|migrat\w*|switch|mov(?:e|ing) to|too expensive|where does|growth|what can we|cach(?:e|ing)|going on|overview)\b/;

const ASKS_FOR_A_FACT =
  /^(?:(?:so|and|ok|please|hey|hi)[ ,]+)*(?:what(?:'s|’s| is| was| were| did| does| are)?|how (?:much|many|often|slow|fast|long|expensive)|which|who|when|tell me|show me|give me|list)\b/;

export function readIntent(message: string): Intent {
  if (isSmallTalk(message)) return "small-talk";
  const text = message.trim().toLowerCase();
  const fact = ASKS_FOR_A_FACT.test(text) && readMetricOrNull(text) !== null;
  return fact && !ASKS_FOR_ADVICE.test(text) && text.length <= 200 ? "lookup" : "analysis";
}

const FOCUS: ReadonlyArray<[Focus, RegExp]> = [
  [
    "cost",
    /\b(?:cost\w*|spend\w*|spent|money|expens\w*|cheap\w*|bill\w*|budget\w*|sav(?:e|ing|ings)|price\w*|usd|dollars?)\b|\$/,
  ],
  [
    "latency",
    /\b(?:latenc\w*|slow\w*|fast\w*|speed\w*|p\d\d|response times?|ttft|real-?time|ms)\b/,
  ],
  ["errors", /\b(?:errors?|fail\w*|retr(?:y|ies)|timeouts?|rate.?limit\w*|outages?)\b/],
  ["caching", /\b(?:cach\w*|duplicat\w*|repeat\w*|prefix\w*|reuse\w*)\b/],
  ["models", /\b(?:models?|switch|swap|migrat\w*|upgrade\w*|downgrade\w*|newer)\b/],
  ["quality", /\b(?:quality|accura\w*|correct\w*|hallucinat\w*)\b/],
  [
    "growth",
    /\b(?:grow\w*|forecast\w*|next month|scal(?:e|ing)|more usage|more traffic|limits?)\b/,
  ],
];

export function readFocus(message: string): Focus[] {
  // A bound such as "without making answers slower" is no question about latency.
  const text = message.toLowerCase().replace(/\b(?:without|but not)\b[^.?!,;]*/g, " ");
  const found = FOCUS.filter(([, pattern]) => pattern.test(text)).map(([focus]) => focus);
  return found.length > 0 ? found : ["cost"];
}

function readMetricOrNull(text: string): Metric | null {
  if (/\b(?:error|errors|fail\w*|retries)\b/.test(text)) return "errors";
  if (/\b(?:latency|slow\w*|fast\w*|p50|p95|p99|response time|long)\b/.test(text)) return "latency";
  if (/\btokens?\b/.test(text)) return "tokens";
  if (/\b(?:cost\w*|spend\w*|spent|expens\w*|bill|pay|paid|money|price)\b|\$/.test(text))
    return "spend";
  if (/\b(?:calls?|requests?|usage|used?|times)\b/.test(text)) return "calls";
  return null;
}

export function readMetric(message: string): Metric {
  return readMetricOrNull(message.toLowerCase()) ?? "spend";
}

export function readDimension(message: string): TriageResult["by"] {
  const match =
    /\b(?:which|what|by|per|each|top|most expensive|cheapest|slowest)\s+(?:single\s+)?(models?|features?|providers?|users?|days?)\b/.exec(
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
