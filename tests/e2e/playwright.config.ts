import { defineConfig } from "@playwright/test";
import { chromiumLaunch } from "../support/chromium";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  // The looks are examined by a slow machine too; no speed is asserted here.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // One product serves all tests, each with a workspace of its own; what breaks it has one of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [["list"]],
  use: { launchOptions: chromiumLaunch(), trace: "retain-on-failure" },
});
