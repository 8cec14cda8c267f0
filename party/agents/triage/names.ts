import { findFeatures, type Mention } from "./feature-names";
import { findModels, findProviders } from "./model-names";
import { normalise } from "./normalise";

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

/** Everything that a normalised text names, in its order. A model or provider written inside a feature is part of it. */
export function findNames(text: string, known: KnownNames): Mention[] {
  const features = findFeatures(text, known.features);
  const free = (others: readonly Mention[]) => (one: Mention) =>
    !others.some(({ start, end }) => one.start < end && one.end > start);
  const providers = findProviders(text, known.providers).filter(free(features));
  const models = findModels(text, known.models).filter(free([...features, ...providers]));
  return [...features, ...providers, ...models].sort((a, b) => a.start - b.start);
}

/** Names of the data that the message means. */
export function readNames(message: string, known: KnownNames): NamedInMessage {
  const text = normalise(message);
  const mentions = findNames(text, known);
  const excluded = new Set(findExcluded(text, mentions));
  const named = (kind: Mention["kind"], isExcluded: boolean) =>
    unique(
      mentions
        .filter((one) => one.kind === kind && excluded.has(one) === isExcluded)
        .flatMap(({ names }) => names),
    );
  /** All but the excluded: calls are chosen by the names that they have. */
  const others = (kind: "model" | "provider", all: readonly string[]) => {
    const out = named(kind, true);
    return out.length === 0 ? [] : all.filter((name) => !out.includes(name));
  };
  const [model, provider] = [named("model", false), named("provider", false)];
  const feature = named("feature", false);
  return {
    model: model.length > 0 ? model : others("model", known.models),
    feature,
    notFeature: named("feature", true).filter((name) => !feature.includes(name)),
    provider: provider.length > 0 ? provider : others("provider", known.providers),
  };
}

const unique = (names: readonly string[]) => [...new Set(names)];

const EXCLUDES =
  /\b(?:without|except(?:ing)?(?: for)?|exclud(?:e|es|ing)|not (?:counting|including)|ignor(?:e|es|ing)|apart from|aside from|other than|besides|leav(?:e|ing) (?:out|aside)|skip(?:ping)?|minus|(?:all|everything|anything|anywhere|every feature|all features) but|but not|save for|disregard(?:ing)?|omit(?:ting)?|outside(?: of)?|(?<!why )not)\b/g;
const SEPARATOR =
  /^["']? ?(?:(?:features?|calls|requests|models?) ?)?(?:, ?(?:and|or|nor)?|and|or|nor|&|\+|plus|\/)? ?/;
const DETERMINERS =
  /^(?:(?:the|our|my|any|all|both|either|for|from|to|of|with|on|in|by|features?|models?|providers?|calls|requests|traffic|costs?|spend) )*["']?/;

/** The names of a list that begins with "without", "everything except" and the like. */
export function findExcluded(text: string, mentions: readonly Mention[]): Mention[] {
  return [...text.matchAll(EXCLUDES)].flatMap((match) => {
    const found: Mention[] = [];
    let at = match.index + match[0].length;
    for (;;) {
      const separator = SEPARATOR.exec(text.slice(at))?.[0] ?? "";
      const determiners = DETERMINERS.exec(text.slice(at + separator.length))?.[0] ?? "";
      const start = at + separator.length + determiners.length;
      const next = mentions.find((one) => one.start === start);
      // "Can we do without opus?" asks what would be if, and leaves nothing out of the figures.
      if (!next || (next.kind !== "feature" && /^(?:without|not|skip)/.test(match[0])))
        return found;
      if (found.length > 0 && !/[,&+/]|and|or|plus/.test(separator)) return found;
      found.push(next);
      at = next.end;
    }
  });
}

/** A name is no word of the sentence: a feature called "code-review" does not ask for a review. */
export function withoutNames(text: string, mentions: readonly Mention[]): string {
  return mentions
    .toReversed()
    .reduce((rest, { start, end }) => `${rest.slice(0, start)}it${rest.slice(end)}`, text);
}

/** Models that the message names and the log does not hold. */
export function unknownModels(message: string, models: readonly string[]): string[] {
  const mentions = findModels(normalise(message), models);
  return unique(mentions.filter(({ names }) => names.length === 0).map(({ said }) => said));
}

/** "the feature NAME", "the NAME feature", and a compound name whose cost is asked: "what did billing-bot cost". */
const FEATURE_PLACES: readonly RegExp[] = [
  /\bfeatures? (?:called |named )?["']([^"']{1,80})["']/g,
  /\b(?:the|a|our) feature (?:called |named )?([a-z][\w-]*)/g,
  /\b(?:what did|cost of|spend of|calls of|latency of|errors of|for|of|does|did) (?:the )?([a-z]+(?:[-_][a-z]+)+)(?= (?:cost|use|need|take|fail|last|this|in|since|yesterday|today)\b|[?.!]|$)/g,
];

const NO_FEATURE = new Set(
  "it that which who whose is was were did does has with for and or in on of we our costs cost usage mix most time-to-first real-time long-term short-term month-to-date year-to-date end-to-end follow-up so-far".split(
    " ",
  ),
);

/** Features that the message names as such and the log does not hold. */
export function unknownFeatures(message: string, known: KnownNames): string[] {
  const text = normalise(message);
  const said = withoutNames(text, findNames(text, known));
  const plain = (name: string) => name.replace(/[-_ ]+/g, "-");
  const features = known.features.map((name) => plain(name.toLowerCase()));
  const named = FEATURE_PLACES.flatMap((place) =>
    [...said.matchAll(place)].map((found) => found[1] ?? ""),
  );
  return unique(named).filter(
    (name) =>
      !NO_FEATURE.has(name) &&
      !features.some((one) => one === plain(name) || one.startsWith(`${plain(name)}-`)),
  );
}
