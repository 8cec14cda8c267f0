import { defineConfig } from "vitest/config";

export default defineConfig({
  // The Tailwind pipeline belongs to the Remix build.
  css: { postcss: { plugins: [] } },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    globalSetup: "tests/support/web-build-once.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Much of a test's time is an engine's start or a store's wait: three at a time keep two cores busy.
    maxWorkers: 3,
  },
});
