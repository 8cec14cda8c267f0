import type { JudgedItem } from "./quality-labels";

/** What a cascade reaches when a share of the items goes on to the strong model. All 0–1. */
export interface CascadePoint {
  escalated: number;
  /** Right answers when chance picks what goes on: what any router has to beat. */
  chance: number;
  /** Right answers when just the right items go on: what no router can beat. */
  perfect: number;
}

export interface CascadeCurve {
  items: number;
  weak: number;
  strong: number;
  points: CascadePoint[];
  /** The least that a perfect router sends on for the most right answers. */
  best: CascadePoint;
}

/**
 * The curve over the share escalated, from items that a weak and a strong model both answered, right or
 * wrong; null when there are none. A perfect router first sends on what only the strong model gets
 * right, then what makes no difference, last what only the weak one gets right. Real routers lie between
 * the two lines; the log alone does not tell where.
 *
 * `items`: current is the strong model's label, candidate the weak one's, as in a swap to the weaker one.
 */
export function cascadeCurve(items: readonly JudgedItem[], steps = 20): CascadeCurve | null {
  const judged = items.filter((item) => item.current !== null && item.candidate !== null);
  if (judged.length === 0) return null;
  const share = (holds: (strong: number, weak: number) => boolean) =>
    judged.filter((item) => holds(item.current ?? 0, item.candidate ?? 0)).length / judged.length;
  const weak = share((_strong, label) => label === 1);
  const strong = share((label) => label === 1);
  const onlyStrong = share((ofStrong, ofWeak) => ofStrong === 1 && ofWeak !== 1);
  const onlyWeak = share((ofStrong, ofWeak) => ofStrong !== 1 && ofWeak === 1);
  const at = (escalated: number): CascadePoint => ({
    escalated,
    chance: weak + escalated * (strong - weak),
    perfect: weak + Math.min(escalated, onlyStrong) - Math.max(0, escalated - (1 - onlyWeak)),
  });
  return {
    items: judged.length,
    weak,
    strong,
    points: Array.from({ length: steps + 1 }, (_, step) => at(step / steps)),
    best: at(onlyStrong),
  };
}
