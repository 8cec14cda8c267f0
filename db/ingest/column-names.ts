import type { CallField } from "./inspection";
import type { DurationUnit } from "./read-number";

/**
 * Names under which logs keep a field: OpenAI, Anthropic, Google, LiteLLM, Langfuse, Helicone, OpenRouter,
 * OpenTelemetry's gen_ai, the Azure and Mooncake traces, and Netra's own. Letters and digits only, lower case,
 * without a unit. Earlier names win. A word after `=` matches only when it is the whole name, not the end of a path.
 */
const NAMES: Record<CallField, string> = {
  inputTokens:
    "inputtokens prompttokens contexttokens inputtokencount prompttokencount prompttokensused numinputtokens numprompttokens nprompttokens nativetokensprompt tokensprompt tokensin intokens requesttokens inputlength promptlength inputlen promptlen inputusage usageinput genaiusageinputtokens",
  outputTokens:
    "outputtokens completiontokens generatedtokens outputtokencount completiontokencount candidatestokencount numoutputtokens numcompletiontokens ncompletiontokens nativetokenscompletion tokenscompletion tokensout outtokens responsetokens outputlength completionlength outputlen outputusage usageoutput genaiusageoutputtokens",
  totalTokens: "totaltokens totaltokencount tokenstotal totalusage usagetotal",
  cacheReadTokens:
    "cachereadtokens cachereadinputtokens cachedtokens cachedinputtokens inputcachedtokens cachedprompttokens promptcachereadtokens promptcachehittokens cachedcontenttokencount inputcacheread",
  cacheWriteTokens:
    "cachewritetokens cachecreationinputtokens cachecreationtokens cachewriteinputtokens promptcachewritetokens inputcachewrite",
  reasoningTokens: "reasoningtokens outputreasoningtokens thinkingtokens thoughtstokencount",
  time: "time timestamp timestamputc datetime starttime startedat requeststarttime requestcreatedat requesttimestamp requesttime createdat created createdtime creationtime eventtime loggedat receivedat arrivaltime arrivedat calltime starttimeunix ts =date",
  endTime: "endtime endedat completedat finishedat responsecreatedat endtimeunix",
  firstTokenTime: "completionstarttime firsttokenat firsttokentimestamp",
  latencyMs:
    "latency totallatency requestlatency e2elatency duration requestduration totalduration responsetime elapsed elapsedtime totaltime delay",
  ttftMs: "ttft timetofirsttoken firsttokenlatency firsttoken firsttokentime",
  provider:
    "provider modelprovider providername customllmprovider llmprovider vendor genaisystem genaiprovidername",
  model:
    "model modelname modelid requestmodel responsemodel llmmodel providedmodelname genairequestmodel genairesponsemodel",
  status: "status statuscode responsestatus httpstatus httpstatuscode outcome success =level",
  errorCode: "errorcode errortype errorclass error errormessage exception statusmessage",
  retry: "retry retries retrycount numretries retryattempt attempt attemptnumber",
  feature:
    "feature featurename usecase operation promptname workflow callsite appname application =task =endpoint =route =name",
  user: "user userid enduser enduserid customer customerid accountid",
  session: "session sessionid conversationid threadid chatid traceid",
  promptHash: "prompthash requesthash inputhash cachekey bodyhash",
  prefixBlocks: "prefixblocks hashids blockhashes prefixhashes",
  blockTokens: "blocktokens blocksize",
  quality: "quality qualitylabel qualityscore iscorrect =correct =score",
  tags: "=tags =metadata requesttags environment env team project region department",
};

/** Parts of a path under which free tags live: `metadata.tier`, `tag_tier`. */
const TAG_PATH = /^(?:tags?|metadata|labels|properties|custom_properties)[._](.+)$/i;

const UNIT_WORDS: Record<string, DurationUnit> = {
  s: "s",
  sec: "s",
  secs: "s",
  seconds: "s",
  ms: "ms",
  millis: "ms",
  milliseconds: "ms",
  us: "us",
  micros: "us",
  microseconds: "us",
  ns: "ns",
  nano: "ns",
  nanos: "ns",
  nanoseconds: "ns",
};

interface NamedField {
  field: CallField;
  rank: number;
  wholeOnly: boolean;
}

const FIELD_OF = new Map<string, NamedField>();
for (const [field, names] of Object.entries(NAMES)) {
  names.split(" ").forEach((name, rank) => {
    const wholeOnly = name.startsWith("=");
    FIELD_OF.set(wholeOnly ? name.slice(1) : name, { field: field as CallField, rank, wholeOnly });
  });
}

export interface NameMatch {
  field: CallField;
  /** Lower is better. */
  rank: number;
}

/** The field a column name stands for; `path` has one part for CSV, the keys on the way for JSON. */
export function matchName(path: readonly string[]): NameMatch | null {
  const tails = [path, path.slice(-2), path.slice(-1)];
  for (let tail = 0; tail < tails.length; tail += 1) {
    const name = (tails[tail] ?? []).join(".");
    for (const plain of [plainName(name), plainName(splitUnit(name).base)]) {
      const found = FIELD_OF.get(plain);
      if (found && !(found.wholeOnly && path.length > 1)) {
        return { field: found.field, rank: tail * 100 + found.rank };
      }
    }
  }
  return TAG_PATH.test(path.join(".")) ? { field: "tags", rank: 0 } : null;
}

/** `metadata.tier` and `tag_tier` are the tag `tier`. */
export function tagName(column: string): string {
  return TAG_PATH.exec(column)?.[1] ?? column;
}

export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** `latency_ms` → `latency`, ms; `durationSeconds` → `duration`, s; no unit word → null. */
export function splitUnit(name: string): { base: string; unit: DurationUnit | null } {
  const trimmed = name.trim();
  const parts =
    /^(.+?)[_\-. (]+([a-z]+)\)?$/i.exec(trimmed) ?? /^(.*[a-z0-9])([A-Z][a-z]*)$/.exec(trimmed);
  const unit = UNIT_WORDS[parts?.[2]?.toLowerCase() ?? ""];
  return unit && parts?.[1] ? { base: parts[1], unit } : { base: name, unit: null };
}

/** The names a person would most likely use, for the text of a problem. */
export const EXPECTED_COLUMNS =
  "a time (timestamp, created_at, start_time …), input tokens (input_tokens, prompt_tokens, ContextTokens …) and output tokens (output_tokens, completion_tokens, GeneratedTokens …)";
