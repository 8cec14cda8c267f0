import { describe, expect, it } from "vitest";
import { runWorld, type WorldReport } from "./world";

/**
 * `NETRA_SEED=7` replays one world; `NETRA_TEST_FULL=1` runs 20,000 of them, `NETRA_WORLDS=2000` that many. Every seed is a world of
 * its own: rooms, people, a network that flaps, a disk and a record that are slow and fail, kills.
 */
const only = process.env.NETRA_SEED ? Number(process.env.NETRA_SEED) : null;
const worlds = Number(
  process.env.NETRA_WORLDS ?? (process.env.NETRA_TEST_FULL === "1" ? 20_000 : 200),
);
const first = 1;

describe("the simulator", () => {
  it(
    "loses nothing in any world: one order, written before shown, every run ends, the record is equal",
    async () => {
      const seeds = only === null ? Array.from({ length: worlds }, (_, n) => first + n) : [only];
      const sum: WorldReport = {
        events: 0,
        kills: 0,
        cuts: 0,
        runs: 0,
        resumed: 0,
        replaced: 0,
        withdrawn: 0,
        retried: 0,
        decided: 0,
        called: 0,
        folded: 0,
        titled: 0,
        closedDeleted: 0,
        closedSignedOut: 0,
        refused: 0,
        repaired: 0,
        restored: 0,
        purged: 0,
      };
      for (const seed of seeds) {
        const report = await runWorld(seed).catch((cause: unknown) => {
          throw new Error(`World ${seed} broke: ${cause}. Replay: NETRA_SEED=${seed}`, { cause });
        });
        for (const key of Object.keys(sum) as (keyof WorldReport)[]) sum[key] += report[key];
      }
      console.log(`${seeds.length} worlds:`, JSON.stringify(sum));
      if (only === null) expect(Math.min(...Object.values(sum))).toBeGreaterThan(worlds / 10);
    },
    only === null && worlds > 200 ? 3_600_000 : 180_000,
  );
});
