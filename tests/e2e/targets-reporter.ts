import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { seed, tags } from "./share";
import { targets } from "./targets";

/** Tells at the end what ran against each target, how long, and what can run against one of them alone. */
export default class TargetsReporter implements Reporter {
  readonly #ended: { test: TestCase; result: TestResult; target: string }[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    this.#ended.push({ test, result, target: test.parent.project()?.name ?? "" });
  }

  onEnd(): void {
    console.log(`\nNETRA_SEED=${seed}`);
    for (const target of targets) {
      const ran = this.#ended.filter(
        ({ result, target: its }) => its === target && result.status !== "skipped",
      );
      const seconds = ran.reduce((sum, { result }) => sum + result.duration, 0) / 1_000;
      console.log(`  ${target}: ${ran.length} runs of tests, ${seconds.toFixed(0)} s of them`);
      const tag = tags.only[target];
      for (const { test } of ran.filter(({ test }) => test.tags.includes(tag))) {
        console.log(`    nowhere else: ${test.title}`);
      }
    }
  }
}
