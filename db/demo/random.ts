/** A seeded source of chance: the same seed gives the same numbers on every machine (mulberry32). */
export class Chance {
  private state: number;

  constructor(...seeds: number[]) {
    this.state = mix(...seeds);
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Small numbers far more often than large ones, as with popular questions and busy users. */
  popular(limit: number): number {
    return Math.min(limit - 1, Math.floor(limit * this.next() ** 2.5));
  }

  /** Log-normal: half of the values lie below `median`; `spread` is the deviation of the logarithm. */
  around(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(spread * normal);
  }

  pick<Choice extends { weight: number }>(choices: readonly [Choice, ...Choice[]]): Choice {
    let left = this.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    return choices[0];
  }
}

/** One 32-bit number from several, each of which changes all of it. */
export function mix(...parts: number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part | 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A whole number below 2^53 as text, for block ids. */
export function wideId(...parts: number[]): string {
  return String((mix(1, ...parts) >>> 11) * 4_294_967_296 + mix(2, ...parts));
}

/** 16 hexadecimal digits, for prompt hashes. */
export function hexId(...parts: number[]): string {
  return hex(mix(3, ...parts)) + hex(mix(4, ...parts));
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
