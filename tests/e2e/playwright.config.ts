import { defineConfig } from "@playwright/test";
import { chromiumLaunch } from "../support/chromium";
import type { TargetOptions } from "./product";
import { targets } from "./targets";

export default defineConfig<object, TargetOptions>({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  // The looks are examined by a slow machine too; no speed is asserted here.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // One product of each target serves all tests, each with a workspace of its own; what breaks it has one of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [["list"], ["./targets-reporter.ts"]],
  use: { launchOptions: chromiumLaunch(), trace: "retain-on-failure" },
  projects: targets.map((target) => ({ name: target, use: { target } })),
});
