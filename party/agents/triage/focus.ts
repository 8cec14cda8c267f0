import type { Focus } from "./result";
import type { StatedTarget } from "./targets";

interface Evidence {
  focus: Focus;
  /** How surely these words make it the subject. */
  weight: number;
  pattern: RegExp;
}

const COST_NOUN = "(?:costs?|spend(?:ing)?|bills?|invoices?|money|expens\\w*|budget|price\\w*)";
const LOAD = "(?:usage|traffic|calls?|requests?|users?|customers?|volumes?|load|demand|adoption)";

/**
 * What words say about the subject of a message. 7: a complaint names it; 6: a field of its own (caching, failures,
 * quality, growth); 5: an order to change it; 4: a measure of it; 2: a word that also stands beside other subjects, as
 * cost does in "what do failed calls cost". The strongest evidence of each subject counts.
 */
const EVIDENCE: readonly Evidence[] = [
  {
    focus: "cost",
    weight: 7,
    pattern: new RegExp(
      `\\btoo (?:expensive|costly|pricey|dear)\\b|\\b${COST_NOUN}\\b[^.?!;]{0,20}\\btoo (?:high|much|big|large)\\b|\\b(?:spend\\w*|pay\\w*|cost\\w*)\\b[^.?!;]{0,15}\\btoo much\\b|\\b(?:spending|paying) (?:way )?too much\\b`,
    ),
  },
  {
    focus: "latency",
    weight: 7,
    pattern:
      /\btoo (?:slow|sluggish|laggy)\b|\b(?:takes?|taking|waits?|waiting)\b[^.?!;]{0,20}\b(?:too |so |very |forever|ages)(?:long)?\b/,
  },
  {
    focus: "growth",
    weight: 6.5,
    pattern: new RegExp(
      `\\b(?:forecast\\w*|predict\\w*|extrapolat\\w*|project(?:ed|ion|ions)\\b|project (?:our |the )?${COST_NOUN}|next (?:week|month|quarter|year|\\d+ (?:weeks|months|quarters|years))|coming (?:weeks?|months?|quarter|year)|scal(?:e|es|ing) up|(?:grow(?:s|th|ing|n)?)|run (?:over|out)|month end|end of (?:the )?(?:month|year|quarter)|by (?:the end of|december|year end)|(?:when|will|going to|do) [^.?!;]{0,25}\\b(?:break|exceed|hit|reach|go over|blow|run over|stay under|stay within)\\b|at (?:the|this) (?:current )?(?:rate|pace)|rate limits? with|what if (?:\\w+ ){0,3}${LOAD} (?:double|triple|increase|rise)\\w*|(?:double|triple|\\d+ ?x|\\d+ times) (?:the |our |as many |as much |more )*${LOAD}|${LOAD} (?:doubles?|triples?|increases?|rises?|goes up|would go up|jumps?|grows?)|more ${LOAD}|increase[sd]? (?:in|of) (?:\\w+ )?${LOAD}|capacity|headroom|in a year|\\d+ months from now)\\b`,
    ),
  },
  {
    focus: "caching",
    weight: 6,
    pattern:
      /\b(?:cach\w*|duplicat\w*|dedup\w*|repeat\w*|repetit\w*|identical|redundan\w*|prefix\w*|reus\w*|memoi[sz]\w*|(?:again and again|over and over|same (?:things?|questions?|prompts?|requests?|calls?|inputs?|system prompts?))|ask\w* twice|sent twice)\b/,
  },
  {
    focus: "errors",
    weight: 6,
    pattern:
      /\b(?:errors?|erroring|fail(?:s|ed|ing|ures?)?|retr(?:y|ies|ied|ying)|time-?d? ?-?outs?|timing out|rate.?limit\w*|throttl\w*|outages?|crash\w*|unreliab\w*|reliab\w*|429s?|50[0234]s|[45]xx|exceptions?|flak\w*|unstable|unavailab\w*|broken|breaks?)\b/,
  },
  {
    focus: "quality",
    weight: 6,
    pattern:
      /\b(?:quality|accura\w*|correct(?:ness|ly)?|how (?:good|bad) (?:is|are|was|were|does|do)|hallucinat\w*|good enough|thumbs down|made.?up|nonsense|(?<!\b(?:what's|what is|went|goes|going|something|anything|gone) )wrong|(?:bad|worse|worst|poor|terrible|useless|better|low) (?:answers?|responses?|results?|outputs?|replies|summaries|drafts|ratings?|scores?)|(?:answers?|responses?|results?|outputs?|replies)\b[^.?!;]{0,25}\b(?:worse|bad|poor|wrong|better|useless|degrad\w*|declin\w*)|ratings?|satisf\w*|feedback|scores?)\b/,
  },
  {
    focus: "models",
    weight: 5.5,
    pattern:
      /\b(?:(?:better|alternative|other|another|different|newer|smaller|larger|bigger|cheaper|faster|right|wrong|best|stronger|weaker|lighter|open.?source|which|what|new) (?:\w+ )?models?|models?\b[^.?!;]{0,20}\b(?:switch|swap|replac\w*|choice|mix|selection|alternatives?|options?|suit\w*|fit)|(?:switch|swap|replac\w*|migrat\w*|upgrad\w*|downgrad\w*|rout(?:e|ing)|chang\w*|choos\w*|compar\w*|pick|use|using|try)\b[^.?!;]{0,30}\bmodels?|migrat\w*|overkill|oversized|over-?powered|roll ?back)\b/,
  },
  {
    focus: "cost",
    weight: 5,
    pattern: new RegExp(
      `\\b(?:cut|reduc\\w*|lower|bring|decreas\\w*|trim|halv\\w*|shrink|slash|shave|optimi[sz]\\w*|get)\\b[^.?!;]{0,60}\\b${COST_NOUN}\\b|\\b${COST_NOUN}\\b[^.?!;]{0,30}\\b(?:down|under control|reduc\\w*|lower\\w*|rise|rose|jump\\w*|went up|go up|going up|increas\\w*|explod\\w*|spik\\w*|doubled|tripled|climb\\w*)\\b|\\b(?:can|could|would) (?:we|i|you) save\\b|\\bsave (?:us )?(?:money|at least|\\d)|\\bsav(?:e|ings?)\\b|[\\d%]\\s*%?\\s+(?:cheaper|less)\\b|\\bcheaper\\b|\\bspend less\\b|\\bwast(?:e|ing|ed|eful)\\b|\\bso (?:expensive|costly)\\b|\\bexpensive\\b`,
    ),
  },
  {
    focus: "latency",
    weight: 4.5,
    pattern:
      /\b(?:slow\w*|fast|faster|fastest|speed\w*|quick|quicker|latenc\w*|p50|p9\d|response times?|ttft|first token|respond\w*|snappier|snappy|lag\w*|delays?|wait\w*|sluggish|(?:takes?|taking) (?:so |too )?long|performance)\b/,
  },
  {
    focus: "models",
    weight: 3,
    pattern: /\b(?:models?|switch|swap|replac\w*|upgrade\w*|newer|compare)\b/,
  },
  {
    focus: "cost",
    weight: 2,
    pattern:
      /\b(?:cost\w*|spend\w*|spent|money|expens\w*|cheap\w*|bill\w*|invoice\w*|budget\w*|price\w*|pricing|pay(?:ing)?|paid|usd|dollars?|bucks|optimi[sz]\w*|charge[sd]?|economical|damage|outlay|pricey|costly|fees?)\b|\$/,
  },
];

/** A bound is no subject: "without making answers slower", "at equal quality", "but we can't spend more". */
const BOUNDS: readonly RegExp[] = [
  /\b(?:without|but not|but (?:keep|don't|do not|never|no|we can't|quality|latency|the (?:quality|answers)|p\d\d)|(?:and|,) (?:don't|do not|never|keep|no)|at (?:equal|the same|constant|no (?:loss|cost))|keep(?:ing)? (?!\w+ing\b)|while|just as|equally|no worse|no loss|not (?:worse|slower)|same (?=quality|speed|latency|accuracy|answers|results))\b(?:(?! but\b)[^.?!,;:])*/g,
  /\b(?:quality|accuracy|answers?|latency|speed)\b[^.?!,;:]{0,20}\b(?:must|should|has to|have to|may|can)(?:n't| not| never)? (?:not |never )?(?:suffer|drop|stay|remain|get worse|be (?:the same|as good|worse|kept|just as good|unchanged)|change|degrade|decline|go down)\b[^.?!,;:]*/g,
  /\bas (?:good|fast|quick|accurate) as\b[^.?!,;:]*/g,
];

const TARGETS: Record<StatedTarget["target"]["kind"], { focus: Focus; weight: number }> = {
  "cost-cut": { focus: "cost", weight: 6.6 },
  growth: { focus: "growth", weight: 6.5 },
  "speed-up": { focus: "latency", weight: 6.4 },
  "latency-bound": { focus: "latency", weight: 4.6 },
  budget: { focus: "cost", weight: 4.2 },
};

/** What the message is about, the weightiest first; none when it names no subject. Pure. */
export function weighFocus(
  message: string,
  targets: ReadonlyArray<Pick<StatedTarget, "target">> = [],
): Focus[] {
  const text = BOUNDS.reduce((rest, bound) => rest.replace(bound, " "), message.toLowerCase());
  const weights = new Map<Focus, number>();
  const add = (focus: Focus, weight: number) =>
    weights.set(focus, Math.max(weight, weights.get(focus) ?? 0));
  for (const { focus, weight, pattern } of EVIDENCE) if (pattern.test(text)) add(focus, weight);
  for (const { target } of targets) add(TARGETS[target.kind].focus, TARGETS[target.kind].weight);
  return [...weights].sort(([, a], [, b]) => b - a).map(([focus]) => focus);
}

/** Words that put one model in another's place. */
const CHANGES_MODEL =
  /\b(?:switch\w*|swap\w*|mov(?:e|ing)|migrat\w*|replac\w*|instead of|run(?:s|ning)? (?:\w+ )?on|use|using|try|upgrad\w*|downgrad\w*|compar\w*|versus|vs|suit|or|effective|worth it|good (?:choice|fit)|rout\w*|drop)\b/;

/** The same; a message about the log as a whole is about cost, one that names models is about these. */
export function readFocus(
  message: string,
  namesModels = false,
  targets: ReadonlyArray<Pick<StatedTarget, "target">> = [],
): Focus[] {
  const found = weighFocus(message, targets);
  const [first] = found;
  if (first === undefined) return [namesModels ? "models" : "cost"];
  const isChange = namesModels && CHANGES_MODEL.test(message.toLowerCase());
  const isWeak = first === "latency" || first === "models" || first === "cost";
  return isChange &&
    isWeak &&
    targets.length === 0 &&
    !/\btoo\b|\bwhy\b/.test(message.toLowerCase())
    ? ["models", ...found.filter((one) => one !== "models")]
    : found;
}
