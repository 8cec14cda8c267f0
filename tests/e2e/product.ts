import { test as base, expect, type Page } from "@playwright/test";
import type { Stack } from "./global-setup";
import { whyNot } from "./share";
import type { Target } from "./targets";

export { expect };

/** The product under test, as global-setup started it. */
function stack(): Stack {
  const text = process.env.NETRA_E2E_STACK;
  if (!text) throw new Error("global-setup did not run");
  return JSON.parse(text) as Stack;
}

/** Signs in as this person through the OpenID Connect provider's own page. */
export async function signIn(page: Page, person: string): Promise<void> {
  await page.goto("/login");
  const { origin } = new URL(page.url());
  await page.getByRole("link", { name: /^Sign in with/ }).click();
  await page.getByLabel("Your name").fill(person);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.origin === origin);
}

/** Fills the workspace with the generated demo calls, as a person does on the data page. */
export async function loadDemo(page: Page): Promise<void> {
  await page.goto("/data");
  await page.getByRole("button", { name: "Load the demo dataset" }).first().click();
  await page.waitForURL(/\/data\/imports\//);
}

/** Starts a thread with a question and waits until its page is there. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.goto("/threads");
  await page.getByLabel("Your question").fill(question);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/threads\/[0-9a-f-]{36}/);
}

export const theQuestion =
  "Where does our money go, and what can we save without making answers slower?";

export interface TargetOptions {
  /** What the tests of a project run against. */
  target: Target;
}

interface Fixtures {
  /** The address of the product under test. */
  baseURL: string;
  allowedNoise: RegExp | null;
  share: undefined;
  /** A fresh person for each test, and so a fresh workspace. */
  person: string;
  signedIn: Page;
}

/** A test whose page may write nothing to the console but what the test declares in `allowedNoise`. */
export const test = base.extend<Fixtures, TargetOptions>({
  target: ["node", { option: true, scope: "worker" }],
  baseURL: async ({ target }, use) => use(stack()[target]?.appUrl ?? ""),
  allowedNoise: [null, { option: true }],
  /** Comes before everything else of a test, which is left alone where this run tests it elsewhere. */
  share: [
    async ({ target }, use, info) => {
      const reason = whyNot(info, target);
      info.skip(reason !== null, reason ?? "");
      await use(undefined);
    },
    { auto: true },
  ],
  person: async ({ target }, use, info) =>
    use(`person-${target}-${info.testId}-${info.retry}@example.com`),
  page: async ({ page, allowedNoise }, use) => {
    const noise: string[] = [];
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") noise.push(line.text());
    });
    page.on("pageerror", (error) => noise.push(error.message));
    await use(page);
    expect(noise.filter((line) => !allowedNoise?.test(line))).toEqual([]);
  },
  signedIn: async ({ page, person }, use) => {
    await signIn(page, person);
    await use(page);
  },
});
