/** The two things that are built of the same source, and how each is started on this machine. */
export const builds = {
  node: { script: "build", start: "scripts/start.ts" },
  edge: { script: "build:edge", start: "scripts/start-edge.ts" },
};

export type Target = keyof typeof builds;

const named = process.env.NETRA_E2E_TARGET ?? "";

/** What the tests run against: both, or the one that `NETRA_E2E_TARGET` names. */
export const targets = (Object.keys(builds) as Target[]).filter((target) =>
  named === "" ? true : target === named,
);
if (targets.length === 0) {
  throw new Error(`NETRA_E2E_TARGET is ${Object.keys(builds).join(" or ")}; not ${named}`);
}
