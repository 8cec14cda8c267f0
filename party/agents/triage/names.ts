/** What the data call things, so that a message can be read against it. */
export interface KnownNames {
  models: readonly string[];
  features: readonly string[];
  providers: readonly string[];
}

export interface NamedInMessage {
  model: string[];
  feature: string[];
  notFeature: string[];
  provider: string[];
}

/** Names of the data that the message means. An everyday word counts only where the sentence points at it. */
export function readNames(message: string, known: KnownNames): NamedInMessage {
  const text = message.toLowerCase();
  const notFeature = known.features.filter((name) =>
    new RegExp(
      `\\b(?:without|except|excluding|not counting|ignoring|apart from|other than)\\s+(?:the\\s+)?(?:feature\\s+)?["'“‘\`]?${variants(name)}\\b`,
    ).test(text),
  );
  return {
    model: longestOnly(
      text,
      known.models.filter((name) => stands(text, name)),
    ),
    feature: known.features.filter((name) => !notFeature.includes(name) && pointedAt(text, name)),
    notFeature,
    provider: known.providers.filter((name) => pointedAt(text, name)),
  };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** `support-chat` may be written "support chat" or "support_chat". */
export function variants(name: string): string {
  return escapePattern(name.toLowerCase()).replace(/[-_ ]+/g, "[-_ ]");
}

function stands(text: string, name: string): boolean {
  return name !== "" && new RegExp(`(?<![\\w.-])${variants(name)}(?![\\w]|[-.]\\w)`).test(text);
}

function pointedAt(text: string, name: string): boolean {
  if (!stands(text, name)) return false;
  if (/[-_ \d]/.test(name)) return true;
  const wanted = variants(name);
  return new RegExp(
    `(?:\\b(?:features?|for|of|in|on|to|with|via|off|at|our|from|does|did|do|is|and|provider|by)\\s+(?:the\\s+)?["'“‘\`]?${wanted}\\b)|["'“‘\`]${wanted}["'”’\`]|\\b${wanted}\\s+(?:feature|cost|costs|spend|calls|requests|too|is|slow|latency|traffic)`,
  ).test(text);
}

/** "gpt-4o-mini" does not also mean "gpt-4o". */
function longestOnly(text: string, names: string[]): string[] {
  return names.filter(
    (name) =>
      !names.some(
        (other) =>
          other !== name &&
          other.toLowerCase().includes(name.toLowerCase()) &&
          !stands(text.replaceAll(new RegExp(variants(other), "g"), " "), name),
      ),
  );
}

const MODEL_FAMILIES =
  /(?<![\w./-])(?:(?:gpt|claude|gemini|llama|mistral|mixtral|deepseek|qwen|command|grok|nova|phi|gemma)[\w.:-]*\d[\w.:-]*|o\d(?:-[\w.]+)?)/gi;

/** Models that the message names and the log does not hold. */
export function unknownModels(message: string, models: readonly string[]): string[] {
  const known = models.map((name) => name.toLowerCase());
  const named = (message.match(MODEL_FAMILIES) ?? []).map((name) => name.replace(/[.:-]+$/, ""));
  return [...new Set(named)].filter(
    (name) =>
      !known.some(
        (model) => model === name.toLowerCase() || model.endsWith(`/${name.toLowerCase()}`),
      ),
  );
}

/** "the feature NAME", "the NAME feature", and a compound name whose cost is asked: "what did billing-bot cost". */
const FEATURE_PLACES: readonly RegExp[] = [
  /\bfeatures? (?:called |named )?["'“‘`]([^"'”’`]{1,80})["'”’`]/g,
  /\bthe feature (?:called |named )?([a-z][\w-]*)/g,
  /\b(?:what did|cost of|spend of|calls of|latency of|errors of) (?:the )?([a-z]+(?:[-_][a-z]+)+)(?![\w-])/g,
];

const NO_FEATURE = new Set(
  "that which who whose is was were did does has with for and or in on of we our costs cost usage mix most".split(
    " ",
  ),
);

/** Features that the message names as such and the log does not hold. */
export function unknownFeatures(message: string, features: readonly string[]): string[] {
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]+/g, "-");
  const known = new Set(features.map(plain));
  const named = FEATURE_PLACES.flatMap((place) =>
    [...message.toLowerCase().matchAll(place)].map((found) => found[1] ?? ""),
  );
  return [...new Set(named)].filter((name) => {
    const one = plain(name);
    const isKnown = [...known].some((feature) => feature === one || feature.startsWith(`${one}-`));
    return !isKnown && !NO_FEATURE.has(name) && unknownModels(name, []).length === 0;
  });
}

/** The dataset whose name the message holds, in full or by its telling words. */
export function namedDatasets<Dataset extends { name: string }>(
  message: string,
  datasets: readonly Dataset[],
): Dataset[] {
  const text = message.toLowerCase();
  const exact = datasets.filter(({ name }) => text.includes(name.toLowerCase()));
  if (exact.length > 0) return exact;
  const telling = new Map<string, Dataset[]>();
  for (const dataset of datasets) {
    const words = dataset.name.toLowerCase().match(/[a-z]{4,}/g) ?? [];
    for (const word of new Set(words.filter((one) => !EVERYDAY.has(one)))) {
      telling.set(word, [...(telling.get(word) ?? []), dataset]);
    }
  }
  const found = new Set<Dataset>();
  for (const [word, owners] of telling) {
    if (owners.length === 1 && new RegExp(`\\b${word}\\b`).test(text)) {
      for (const owner of owners) found.add(owner);
    }
  }
  return [...found];
}

/** Words of file names that say nothing about which file is meant. */
const EVERYDAY = new Set(
  "calls call logs data dataset export usage json jsonl file import model models conv conversation chat trace cost costs".split(
    " ",
  ),
);
