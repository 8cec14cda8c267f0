import type { LanguageModelPort, ModelRequest } from "../../party/ports/language-model";

/** Ways in which a model gets a figure wrong; `mis-cites` is the one whose figure is right. */
export const lieKinds = [
  "invents",
  "rounds-wrongly",
  "swaps-units",
  "copies-the-question",
  "scales",
  "swaps-subjects",
  "turns-direction",
  "mis-cites",
] as const;
export type LieKind = (typeof lieKinds)[number];

/** The figure that every question of these tests states, and no log holds. */
export const STATED = "$77,777.77";

export interface Lie {
  kind: LieKind;
  /** A word that stands in this sentence alone. */
  marker: string;
  sentence: string;
}

export interface Shown {
  evidence: string;
  segment: string | null;
  label: string;
  text: string;
}

/** A seeded source of numbers below 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A model that lies in every sentence it writes, and again when it is asked to mend one. */
export function lyingModel(seed: number): LanguageModelPort & { lies: Lie[] } {
  const random = randomOf(seed);
  const lies: Lie[] = [];
  const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 10 };
  const lie = (request: ModelRequest) => {
    const told = makeLie(request.prompt, random, markerOf(lies.length));
    lies.push(told);
    return told.sentence;
  };
  return {
    lies,
    name: "liar",
    costUsd: () => 0,
    async *stream(request) {
      const lines = [lie(request), lie(request), "Look at it closely."];
      yield { type: "text", text: lines.map((line) => `- ${line}`).join("\n") };
      yield { type: "finished", usage };
    },
    async object(request) {
      const answers = [
        { sentence: "" },
        { actions: [{ number: 1, change: "" }] },
        {
          ...{ intent: "analysis", focus: ["cost"], metric: "spend", by: null, models: [] },
          ...{ features: [], excludedFeatures: [], keepLatency: false, keepQuality: false },
        },
      ];
      if (request.agent === "triage") return { value: request.schema.parse(answers[2]), usage };
      const sentence = lie(request);
      const mended = request.schema.safeParse({ sentence });
      const value = mended.success
        ? mended.data
        : request.schema.parse({ actions: [{ number: 1, change: sentence }] });
      return { value, usage };
    },
  };
}

function markerOf(count: number): string {
  const letters = [...count.toString(26)].map((digit) =>
    String.fromCharCode("a".charCodeAt(0) + Number.parseInt(digit, 26)),
  );
  return `zq${letters.join("")}qz`;
}

function makeLie(prompt: string, random: () => number, marker: string): Lie {
  const figures = shownFigures(prompt);
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const one = pick(figures.filter(({ text }) => /\d/.test(text)));
  const kind = one ? (pick(lieKinds) ?? "invents") : "invents";
  const told = (sentence: string): Lie => ({ kind, marker, sentence });
  const of = one?.segment ? ` of ${one.segment}` : "";
  const invented = `$${(random() * 9_000 + 100_000).toFixed(2)}`;
  if (!one) return told(`By ${marker} it comes to ${invented}.`);
  switch (kind) {
    case "invents":
      return told(`By ${marker} the ${one.label}${of} is ${invented} [${one.evidence}].`);
    case "rounds-wrongly":
      return told(
        `By ${marker} the ${one.label}${of} is ${misrounded(one.text)} [${one.evidence}].`,
      );
    case "swaps-units":
      return told(
        `By ${marker} the ${one.label}${of} is ${otherUnit(one.text)} [${one.evidence}].`,
      );
    case "copies-the-question":
      return told(`By ${marker} the ${one.label}${of} is ${STATED}.`);
    case "scales":
      return told(`By ${marker} the ${one.label}${of} is ${bareNumber(one.text)} trillion times.`);
    case "swaps-subjects": {
      const others = figures.filter(({ segment }) => segment !== null && segment !== one.segment);
      const other = pick(others);
      return told(`By ${marker} nothing-like-it has ${other?.text ?? invented} as ${one.label}.`);
    }
    case "turns-direction":
      return told(`By ${marker} spend fell from ${invented} to ${one.text} [${one.evidence}].`);
    case "mis-cites":
      return told(`By ${marker} the ${one.label}${of} is ${one.text} [E999].`);
  }
}

/** Every figure of the evidence in a prompt. */
export function shownFigures(prompt: string): Shown[] {
  const figures: Shown[] = [];
  let evidence = "";
  for (const line of prompt.split("\n")) {
    evidence = /^(E\d+) \(/.exec(line)?.[1] ?? evidence;
    const row = /^(overall|"(?:[^"\\]|\\.)*") \| (.*)$/.exec(line);
    if (!row || evidence === "") continue;
    const name = row[1] === "overall" ? null : (JSON.parse(row[1] ?? '""') as string);
    // A name may hold line breaks, which would make two sentences of one.
    const segment = name?.replace(/\s+/g, " ") ?? null;
    for (const part of (row[2] ?? "").split("; ")) {
      const [label, text] = part.split(": ");
      if (
        label &&
        text &&
        !/fifth/.test(label) &&
        /^[−-]?[$\d]/.test(text) &&
        !/\d{4}-\d{2}/.test(text)
      ) {
        figures.push({ evidence, segment, label, text });
      }
    }
  }
  return figures;
}

const bareNumber = (text: string) => /[\d.,]*\d/.exec(text)?.[0] ?? "1";

/** A few units of the last digit away from what stands there. */
function misrounded(text: string): string {
  const number = bareNumber(text);
  const decimals = number.split(".")[1]?.length ?? 0;
  const value = Number(number.replaceAll(",", ""));
  return text.replace(number, (value + 7 * 10 ** -decimals).toFixed(decimals));
}

function otherUnit(text: string): string {
  const number = bareNumber(text);
  if (text.includes("$")) return `${number} ms`;
  if (text.includes("%")) return `$${number}`;
  return / m?s$/.test(text) ? `${number} %` : `$${number}`;
}
