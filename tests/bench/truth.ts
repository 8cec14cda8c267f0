import { coverage, trials } from "../analysis/support/planted-truth";

/**
 * How often the 90 % intervals of forecasts, verifications and quality comparisons hold what was planted, over 2,000
 * fixed seeds; fails outside 87–93 %. `--seeds N` takes fewer.
 */
export async function run(args: readonly string[]): Promise<void> {
  const seeds = Number(args[args.indexOf("--seeds") + 1]) || 2_000;
  console.log(`${seeds} seeds, 90 % intervals, to hold the truth in 87 to 93 %\n`);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(7);
  let missed = 0;
  for (const [name, trial] of Object.entries(trials)) {
    const startedAt = performance.now();
    const { share, above, below } = coverage(trial, seeds);
    const holds = share >= 0.87 && share <= 0.93;
    if (!holds) missed += 1;
    console.log(
      `${name.padEnd(54)} ${percent(share)}   too high ${percent(above)}   too low ${percent(below)}   ${Math.round(performance.now() - startedAt)} ms${holds ? "" : "   OUTSIDE"}`,
    );
  }
  if (missed > 0) process.exitCode = 1;
}
