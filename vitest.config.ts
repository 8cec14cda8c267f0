import { defineConfig } from "vitest/config";

export default defineConfig({
  // The Tailwind pipeline belongs to the Remix build.
  css: { postcss: { plugins: [] } },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real engines stand behind many files: two at a time is what two cores carry.
    maxWorkers: 2,
  },
});
