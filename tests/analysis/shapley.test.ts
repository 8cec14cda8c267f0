import { describe, expect, it } from "vitest";
import { attribute } from "../../party/analysis/shapley";

const exactly = { exactUpTo: 10, samples: 0, seed: 1 };
const sharesOf = ({ shares }: ReturnType<typeof attribute>) => shares.map(({ share }) => share);

/** The airport game: a runway must be long enough for its longest user (Littlechild and Owen, 1973). */
const runway = (lengths: readonly bigint[]) => (set: number) =>
  lengths.reduce(
    (most, length, player) => (set & (1 << player) && length > most ? length : most),
    0n,
  );

describe("shares by Shapley's value", () => {
  it("are the published ones of the glove game: 2/3 for the only right glove, 1/6 for each left one", () => {
    const gloves = (set: number) => (set & 4 && set & 3 ? 6n : 0n);
    expect(sharesOf(attribute(3, 1n, gloves, exactly))).toEqual([1n, 1n, 4n]);
  });

  it("are the published ones of the airport game: each stretch is split among those who need it", () => {
    const { method, orders, shares } = attribute(4, 1n, runway([8n, 11n, 13n, 18n]), exactly);
    expect({ method, orders }).toEqual({ method: "exact", orders: 24 });
    // 8/4, 2 + 3/3, 3 + 2/2, 4 + 5.
    expect(shares.map(({ share }) => share)).toEqual([2n, 3n, 4n, 9n]);
  });

  it("hand out every last unit, to the largest fractions, the earlier player first", () => {
    const thirds = (set: number) => (set === 7 ? 100n : 0n);
    expect(sharesOf(attribute(3, 1n, thirds, exactly))).toEqual([34n, 33n, 33n]);
    // In parts of ten: 10.0 units over three players of 3.33 each; and a loss is a share like any other.
    expect(sharesOf(attribute(3, 10n, thirds, exactly))).toEqual([4n, 3n, 3n]);
    expect(sharesOf(attribute(3, 1n, (set) => -thirds(set), exactly))).toEqual([-33n, -33n, -34n]);
  });

  it("sampled, add up as exactly, come again with the seed, and hold the exact share in their interval", () => {
    const lengths = [3n, 30n, 700n, 1_100n, 5_000n, 9_000n, 9_001n, 20_000n];
    const exact = attribute(8, 1n, runway(lengths), exactly);
    const sampled = () =>
      attribute(8, 1n, runway(lengths), { exactUpTo: 6, samples: 400, seed: 5 });
    const found = sampled();
    expect(found).toEqual(sampled());
    expect(found).toMatchObject({ method: "sampled", orders: 400 });
    expect(sharesOf(found).reduce((sum, share) => sum + share, 0n)).toBe(20_000n);
    const inside = found.shares.filter(({ interval }, player) => {
      const truth = exact.shares[player]?.share ?? 0n;
      return interval !== null && interval.low <= truth && truth <= interval.high;
    });
    expect(inside.length).toBeGreaterThanOrEqual(6);
  });

  it("of nobody are none", () => {
    expect(attribute(0, 1n, () => 0n, exactly).shares).toEqual([]);
  });
});
