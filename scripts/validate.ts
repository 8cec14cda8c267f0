/**
 * `npm run validate`, and `npm test`: every check of the project, cheapest first, each with its time.
 * Stops at the first that fails and passes its exit code on.
 */
import { spawnSync } from "node:child_process";

const checks: ReadonlyArray<{ name: string; command: string; args: readonly string[] }> = [
  { name: "format and lint", command: "biome", args: ["ci", "--colors=off", "."] },
  { name: "types", command: "tsc", args: ["--noEmit"] },
  {
    name: "import rules",
    command: "depcruise",
    args: [
      "--config",
      ".dependency-cruiser.cjs",
      "app",
      "party",
      "db",
      "scripts",
      "tests",
      "server.ts",
    ],
  },
  { name: "unused code", command: "knip", args: ["--no-progress"] },
  { name: "unit and integration", command: "vitest", args: ["run"] },
  {
    name: "end to end: Node and edge",
    command: "playwright",
    args: ["test", "--config", "tests/e2e/playwright.config.ts"],
  },
];

const times: string[] = [];
for (const { name, command, args } of checks) {
  console.log(`\n── ${name}: ${command} ${args.join(" ")}`);
  const startedAt = Date.now();
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: "inherit" });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`\n✗ ${name} failed after ${seconds} s`);
    process.exit(status ?? 1);
  }
  times.push(`  ✓ ${name.padEnd(26)} ${seconds} s`);
}
console.log(`\n${times.join("\n")}\n\n${checks.length} passed, 0 failed`);
