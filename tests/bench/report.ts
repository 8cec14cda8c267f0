import { cpus, totalmem } from "node:os";

/** What a figure was measured on: without it a figure says nothing. */
export function describeMachine(): string[] {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
  ];
}

/** The rows whose name has one of the texts behind `--only`, which stand between commas; without it, all. */
export function onlyNamed<Row extends { name: string }>(
  rows: readonly Row[],
  args: readonly string[],
): Row[] {
  const at = args.indexOf("--only");
  const texts = at < 0 ? [""] : (args[at + 1]?.split(",") ?? []);
  return rows.filter(({ name }) => texts.some((text) => name.includes(text)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** The value below which `share` (0–1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** A measured figure beside what it is to be: `goal` is an upper limit, or with `atLeast` a lower one. */
export interface Measured {
  what: string;
  value: number;
  unit: string;
  goal?: number;
  atLeast?: boolean;
  /** What it was made of. */
  detail: string;
}

/** One line of a table: met, MISSED, or neither where there is no goal. */
export function describeMeasured({ what, value, unit, goal, atLeast, detail }: Measured): string {
  const figure = (number: number) => `${Number(number.toPrecision(3))}${unit}`;
  const isMet = goal === undefined || (atLeast ? value >= goal : value <= goal);
  const verdict = goal === undefined ? "" : isMet ? "met" : "MISSED";
  const limit = goal === undefined ? "" : `${atLeast ? "≥" : "≤"} ${figure(goal)}`;
  return `${what.padEnd(44)} ${figure(value).padStart(10)} ${limit.padStart(10)} ${verdict.padEnd(6)} ${detail}`;
}

/** One line of a table: what, median, from–to, how often. Times in ms. */
export function describeTimes(name: string, times: readonly number[]): string {
  const ms = (value: number) => `${Math.round(value)} ms`.padStart(9);
  const range = `${ms(Math.min(...times))} to ${ms(Math.max(...times)).trim()}`;
  return `${name.padEnd(52)} ${ms(median(times))}   ${range}   ${times.length} runs`;
}
