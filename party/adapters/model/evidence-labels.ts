const LABEL = /\bE\d{1,6}\b/g;
/** From the private use area: no text holds them by chance. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];
const PLACE = new RegExp(`${OPEN}(\\d+)${CLOSE}`, "g");

/** The labels of evidence (`E7`) in a request, so that an answer to one can serve its equal with other labels. */
export class EvidenceLabels {
  private readonly places = new Map<string, number>();
  private readonly labels: string[] = [];

  /** Labels count by their first occurrence in the texts of `value`. */
  constructor(value: unknown) {
    for (const text of textsOf(value)) {
      for (const [label] of text.matchAll(LABEL)) {
        if (this.places.has(label)) continue;
        this.places.set(label, this.labels.length);
        this.labels.push(label);
      }
    }
  }

  /** The same value with places where labels of the request stand. */
  remove<Value>(value: Value): Value {
    return inTexts(value, (text) =>
      text.replace(LABEL, (label) => {
        const place = this.places.get(label);
        return place === undefined ? label : `${OPEN}${place}${CLOSE}`;
      }),
    );
  }

  /** Puts this request's labels into what `remove` made for its equal. */
  restore<Value>(value: Value): Value {
    return inTexts(value, (text) =>
      text.replace(PLACE, (whole, place: string) => this.labels[Number(place)] ?? whole),
    );
  }

  /** Whether a text names evidence that the request does not: such an answer would mean another one elsewhere. */
  namesOther(value: unknown): boolean {
    for (const text of textsOf(value)) {
      for (const [label] of text.matchAll(LABEL)) if (!this.places.has(label)) return true;
    }
    return false;
  }
}

/** Texts in the order in which JSON has them. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* textsOf(part);
  }
}

/** A deep copy of JSON-like data whose texts are changed; the form stays. */
function inTexts<Value>(value: Value, change: (text: string) => string): Value {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return change(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, walk(one)]));
  };
  return walk(value) as Value;
}
