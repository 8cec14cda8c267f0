import { defineConfig } from "@playwright/test";
import { chromiumLaunch } from "../support/chromium";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // One product instance serves all tests; two cores carry one browser beside it well.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [["list"]],
  use: { launchOptions: chromiumLaunch(), trace: "retain-on-failure" },
});
