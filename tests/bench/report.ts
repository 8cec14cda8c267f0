import { cpus, totalmem } from "node:os";

/** What a figure was measured on: without it a figure says nothing. */
export function describeMachine(): string[] {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
  ];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** One line of a table: what, median, from–to, how often. Times in ms. */
export function describeTimes(name: string, times: readonly number[]): string {
  const ms = (value: number) => `${Math.round(value)} ms`.padStart(9);
  const range = `${ms(Math.min(...times))} to ${ms(Math.max(...times)).trim()}`;
  return `${name.padEnd(52)} ${ms(median(times))}   ${range}   ${times.length} runs`;
}
