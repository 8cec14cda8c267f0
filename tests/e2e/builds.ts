/** The two things that are built of the same source, and how each is started on this machine. */
export const builds = {
  node: { build: "build", start: "scripts/start.ts" },
  edge: { build: "build:edge", start: "scripts/start-edge.ts" },
};

/** Which of them the tests run against. */
export const target: keyof typeof builds =
  process.env.NETRA_E2E_TARGET === "edge" ? "edge" : "node";
