import { createHash } from "node:crypto";
import { type Target, targets } from "./targets";

/** What a test says of itself by tags. */
export const tags = {
  /** Runs against every target each time. */
  core: "@core",
  /** Needs a process that only one target has. */
  only: { node: "@only-node", edge: "@only-edge" } satisfies Record<Target, string>,
};

// Kept in the environment, which the processes that run the tests inherit.
process.env.NETRA_SEED ??= String(Date.now() % 100_000);
/** Decides which target a test gets that is not for both. */
export const seed = process.env.NETRA_SEED;

const isWhole = process.env.NETRA_TEST_FULL === "1" || targets.length === 1;

/** What is known of a test before it runs. */
export interface Candidate {
  titlePath: readonly string[];
  tags: readonly string[];
}

/**
 * Why a test does not run against this target in this run, or null when it does. Where both targets are
 * tested each test runs against one of them at least: by the seed, or against both where it is tagged so.
 */
export function whyNot(test: Candidate, target: Target): string | null {
  for (const [only, tag] of Object.entries(tags.only)) {
    if (test.tags.includes(tag)) return only === target ? null : `only ${only} has such a process`;
  }
  if (isWhole || test.tags.includes(tags.core)) return null;
  const [byte = 0] = createHash("sha256")
    .update([seed, ...test.titlePath].join("\n"))
    .digest();
  const chosen = targets[byte % targets.length];
  return chosen === target ? null : `seed ${seed} runs it against ${chosen}`;
}
