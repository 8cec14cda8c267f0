const LONGEST = 240;

/** Turns names out of a log into the segment names of one evidence: never empty, never too long, each once. */
export class SegmentNames {
  private readonly taken = new Set<string>();

  /** Each call gives a name of its own, also for equal texts. */
  name(text: string, whenEmpty: string): string {
    const wanted = text === "" ? whenEmpty : shorten(text);
    let name = wanted;
    for (let copy = 2; this.taken.has(name); copy++) name = `${wanted} (${copy})`;
    this.taken.add(name);
    return name;
  }
}

const NO_FEATURE = "(no feature)";

const emptyNames = {
  model: "(no model)",
  provider: "(no provider)",
  feature: NO_FEATURE,
  user: "(no user)",
  session: "(no session)",
  status: "(no status)",
  day: "(no day)",
  hour: "(no hour)",
};

/** What a segment without a name is called. */
export function nameWhenEmpty(dimension: keyof typeof emptyNames): string {
  return emptyNames[dimension];
}

/** `openai/gpt-4o`, or the model alone when the log names no provider. */
export function modelName(provider: string, model: string): string {
  const shown = model === "" ? "(no model)" : model;
  return provider === "" ? shown : `${provider}/${shown}`;
}

export function featureName(feature: string): string {
  return feature === "" ? NO_FEATURE : shorten(feature);
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
