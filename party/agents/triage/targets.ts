import type { EvidenceValue, Unit } from "../../protocol";
import type { Target } from "./result";

/** A bound as the user wrote it, with the value that the stated evidence will hold. */
export interface StatedTarget {
  target: Target;
  value: EvidenceValue;
}

const STATED: Record<Target["kind"], { unit: Unit; label: string }> = {
  "cost-cut": { unit: "percent", label: "Asked saving" },
  "latency-bound": { unit: "ms", label: "Asked bound" },
  "speed-up": { unit: "ratio", label: "Asked speed-up" },
  budget: { unit: "USD", label: "Asked budget" },
  growth: { unit: "percent", label: "Assumed growth" },
};

/** A bound of an earlier question, with the value that says it again. */
export function statedTarget(target: Target): StatedTarget {
  const { unit, label } = STATED[target.kind];
  const of = target.percentile === null ? "" : ` on ${target.percentile}`;
  return {
    target,
    value: {
      segment: null,
      key: target.key,
      label: `${label}${of}`,
      unit,
      value: decimalText(target.value),
    },
  };
}

/** Without an exponent, as evidence has its values. */
function decimalText(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(0) : text;
}

const NUMBER = "(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)";
const FACTORS: Record<string, number> = {
  twice: 2,
  double: 2,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  ten: 10,
};

/** Reads "20 % cheaper", "p95 under 500 ms", "2x faster", "budget of $500", "50 % more usage". */
export function readTargets(message: string, names: readonly string[]): StatedTarget[] {
  const text = message.toLowerCase();
  const found: StatedTarget[] = [];
  const add = (
    kind: Target["kind"],
    value: string,
    unit: Unit,
    label: string,
    at: number,
    percentile: Target["percentile"] = null,
  ) => {
    const digits = value.replaceAll(",", "");
    const key = found.some(({ target }) => target.kind === kind)
      ? `${kind}-${found.length + 1}`
      : kind;
    const segment = nearest(text, at, names);
    found.push({
      target: { kind, key, value: Number(digits), percentile, segment },
      value: { segment: null, key, label, unit, value: digits },
    });
  };

  const percent = `${NUMBER}\\s?(?:%|percent|per cent)`;
  const cut =
    first(
      text,
      `${percent}\\s+(?:cheaper|less spend|lower cost|less cost|off|savings?|cost reduction|reduction)`,
    ) ??
    first(
      text,
      `(?:cut|reduce|lower|save|bring down|decrease|shave|trim)\\b[^.?!\\d$]{0,50}?${percent}`,
    ) ??
    (/\bmake it\b/.test(text) && /cheap|cost|spend|save/.test(text) ? first(text, percent) : null);
  const part = fraction(
    text,
    /\b(?:(halve)\b[^.?!]{0,30}?(?:cost|spend|bill|expens)|(?:cut|reduce|lower|decrease|trim)\b[^.?!]{0,50}?\b(?:by |in )(?:a |one )?(half|quarter|fifth|tenth))/,
  );
  const asked = cut ?? part;
  if (asked) add("cost-cut", asked.digits, "percent", "Asked saving", asked.at);

  const growth =
    first(
      text,
      `${percent}\\s+(?:more (?:usage|traffic|calls|users|volume|load)|growth|increase in (?:\\w+ )?(?:usage|traffic|calls|users|volume|load))`,
    ) ??
    multiple(text) ??
    first(text, `(?:grow(?:s|th)?|traffic|usage|volume)\\b[^.?!\\d$]{0,30}?${percent}`);
  if (growth) add("growth", growth.digits, "percent", "Assumed growth", growth.at);

  const bound = new RegExp(
    `(?:\\b(p50|p95|p99|median|latency|response times?)\\b[^.?!\\d]{0,40}?)?(?:under|below|at most|less than|within|max(?:imum)?(?: of)?|≤|<=?)\\s?${NUMBER}\\s?(ms|milliseconds?|s|sec|seconds?)\\b`,
    "g",
  );
  for (const match of text.matchAll(bound)) {
    const seconds = (match[3] ?? "").startsWith("s");
    const digits = (match[2] ?? "").replaceAll(",", "");
    const percentile =
      match[1] === "p50" || match[1] === "median" ? "p50" : match[1] === "p99" ? "p99" : "p95";
    add(
      "latency-bound",
      seconds ? milliseconds(digits) : digits,
      "ms",
      `Asked bound on ${percentile}`,
      match.index,
      percentile,
    );
  }

  const faster =
    first(text, `${NUMBER}\\s?(?:x|×|times)\\s+(?:faster|as fast|quicker)`) ??
    word(text, /\b(twice|two|three|four|five|ten)\s*(?:times)?\s+(?:as fast|faster|quicker)/);
  if (faster) add("speed-up", faster.digits, "ratio", "Asked speed-up", faster.at);

  const budget =
    first(text, `budget\\b[^.?!\\d]{0,30}?\\$\\s?${NUMBER}`) ??
    first(text, `(?:under|below|at most|less than|within|cap (?:of|at))\\s+\\$\\s?${NUMBER}`);
  if (budget) add("budget", budget.digits, "USD", "Asked budget", budget.at);
  return found;
}

const PARTS: Record<string, string> = {
  halve: "50",
  half: "50",
  quarter: "25",
  fifth: "20",
  tenth: "10",
};

function fraction(text: string, pattern: RegExp): { digits: string; at: number } | null {
  const match = pattern.exec(text);
  const digits = PARTS[match?.[1] ?? match?.[2] ?? ""];
  return match && digits ? { digits, at: match.index } : null;
}

/** "traffic doubles" is 100 % more, "3x usage" 200 %. */
function multiple(text: string): { digits: string; at: number } | null {
  const load = "(?:traffic|usage|volume|load|calls)";
  const match = new RegExp(
    `\\b(?:${load} (doubles|triples)|(double|triple|\\d{1,2}\\s?x|\\d{1,2} times) (?:the |our |as much )?${load})\\b`,
  ).exec(text);
  const said = match?.[1] ?? match?.[2];
  if (!match || !said) return null;
  const factor = said.startsWith("double")
    ? 2
    : said.startsWith("triple")
      ? 3
      : Number.parseInt(said, 10);
  return factor > 1 ? { digits: String((factor - 1) * 100), at: match.index } : null;
}

function first(text: string, pattern: string): { digits: string; at: number } | null {
  const match = new RegExp(pattern).exec(text);
  const digits = match?.slice(1).find((group) => group !== undefined && /\d/.test(group));
  return match && digits ? { digits, at: match.index } : null;
}

function word(text: string, pattern: RegExp): { digits: string; at: number } | null {
  const match = pattern.exec(text);
  const factor = FACTORS[match?.[1] ?? ""];
  return match && factor ? { digits: String(factor), at: match.index } : null;
}

/** Seconds to ms on the decimal text: 1.5 → 1500. */
function milliseconds(seconds: string): string {
  const [whole = "0", fraction = ""] = seconds.split(".");
  const padded = fraction.padEnd(3, "0");
  const digits = `${whole}${padded.slice(0, 3)}`.replace(/^0+(?=\d)/, "");
  const rest = padded.slice(3).replace(/0+$/, "");
  return rest === "" ? digits : `${digits}.${rest}`;
}

/** The name of the data that stands closest to the bound within its clause. */
function nearest(text: string, at: number, names: readonly string[]): string | null {
  const clauseStart = Math.max(
    ...[",", ";", ". ", "?", "!"].map((end) => text.lastIndexOf(end, at)),
  );
  const clauseEnd = text.slice(at).search(/[,;?!]|\.\s/);
  const start = Math.max(0, at - 60, clauseStart + 1);
  const window = text.slice(
    start,
    Math.min(at + 60, clauseEnd === -1 ? text.length : at + clauseEnd),
  );
  let best: { name: string; distance: number } | null = null;
  for (const name of names) {
    const found = window.indexOf(name.toLowerCase());
    if (found === -1) continue;
    const distance = Math.abs(start + found - at);
    if (!best || distance < best.distance) best = { name, distance };
  }
  return best?.name ?? null;
}
