import type { DemoFeature } from "./features";
import type { Chance } from "./random";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const GROWTH_PER_DAY = 1.012;

/** Weight of each hour of the day, UTC, for a company in Europe with some customers overseas. */
const CUSTOMER_HOURS = [
  6, 5, 4, 4, 5, 9, 20, 42, 72, 92, 98, 94, 80, 88, 100, 96, 88, 74, 60, 50, 40, 28, 17, 10,
];
const OFFICE_HOURS = [
  0, 0, 0, 0, 0, 2, 12, 48, 90, 100, 98, 84, 46, 82, 96, 92, 74, 38, 12, 6, 4, 2, 0, 0,
];
const NIGHTLY_HOURS = CUSTOMER_HOURS.map((_, hour) => (hour === 2 ? 1 : 0));

/** From Sunday. */
const CUSTOMER_DAYS = [0.42, 1, 1.06, 1.05, 1.02, 0.92, 0.48];
const OFFICE_DAYS = [0.06, 0.98, 1.08, 1.08, 1.04, 0.82, 0.05];
const NIGHTLY_DAYS = [1, 1, 1, 1, 1, 1, 1];

const RHYTHMS = {
  customers: { hours: CUSTOMER_HOURS, days: CUSTOMER_DAYS },
  office: { hours: OFFICE_HOURS, days: OFFICE_DAYS },
  nightly: { hours: NIGHTLY_HOURS, days: NIGHTLY_DAYS },
};

/** How many of a feature's `total` calls fall on each of the `days` days from `start`. */
export function callsPerDay(
  rhythm: DemoFeature["rhythm"],
  total: number,
  start: number,
  days: number,
): number[] {
  const weights = Array.from({ length: days }, (_, day) => {
    const weekday = new Date(start + day * DAY_MS + DAY_MS / 2).getUTCDay();
    return (RHYTHMS[rhythm].days[weekday] ?? 1) * GROWTH_PER_DAY ** day;
  });
  const sum = weights.reduce((whole, weight) => whole + weight, 0);
  let due = 0;
  let given = 0;
  return weights.map((weight) => {
    due += (total * weight) / sum;
    const calls = Math.round(due) - given;
    given += calls;
    return calls;
  });
}

/** Picks moments of one day by the feature's rhythm. */
export class DayClock {
  private readonly upTo: number[] = [];
  private readonly whole: number;

  constructor(
    rhythm: DemoFeature["rhythm"],
    private readonly dayStart: number,
  ) {
    let sum = 0;
    for (let hour = 0; hour < 24; hour += 1) {
      const utcHour = new Date(dayStart + hour * HOUR_MS).getUTCHours();
      sum += RHYTHMS[rhythm].hours[utcHour] ?? 0;
      this.upTo.push(sum);
    }
    this.whole = sum;
  }

  moment(chance: Chance): number {
    const place = chance.next() * this.whole;
    const hour = this.upTo.findIndex((end) => place < end);
    return this.dayStart + Math.max(0, hour) * HOUR_MS + chance.below(HOUR_MS);
  }
}
