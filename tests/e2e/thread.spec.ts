import type { Page } from "@playwright/test";
import { ask, expect, loadDemo, signIn, test, theQuestion } from "./product";
import { tags } from "./share";

/** The question as the person asked it; an answer may quote it among others. */
const question = (page: Page) =>
  page
    .getByRole("paragraph")
    .filter({ hasText: new RegExp(`^${theQuestion.replace("?", "\\?")}$`) });

test("question to report: the crew works live, figures open their evidence, a reload loses nothing", {
  tag: tags.core,
}, async ({ signedIn: page }) => {
  await loadDemo(page);
  await ask(page, theQuestion);
  await expect(page.getByText("No language model configured: rule-based analysis.")).toBeVisible();
  await expect(page.getByRole("region", { name: "The crew's work" })).toBeVisible();
  await page.reload();

  const report = page.getByRole("article");
  await expect(report).toBeVisible({ timeout: 30_000 });
  await expect(report.getByRole("heading", { name: "Actions" })).toBeVisible();
  await expect(question(page)).toHaveCount(1);

  const figure = report.locator("a.figure").first();
  const text = await figure.textContent();
  await figure.click();
  const drawer = page.getByRole("dialog");
  await expect(drawer).toBeVisible();
  await expect(drawer).toContainText("SELECT");
  await expect(drawer).toContainText(/rows read/i);
  expect(text).toMatch(/\d/);
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();

  const whole = await report.textContent();
  await page.reload();
  await expect(report).toBeVisible();
  expect(await report.textContent()).toBe(whole);
});

test("a second thread knows nothing of the first", async ({ signedIn: page }) => {
  await loadDemo(page);
  await ask(page, theQuestion);
  await expect(page.getByRole("article")).toBeVisible({ timeout: 30_000 });
  await ask(page, "Hello");
  await expect(page.getByRole("paragraph").filter({ hasText: /^Hello$/ })).toBeVisible();
  await expect(question(page)).toHaveCount(0);
  await expect(page.getByRole("article")).toHaveCount(0);
});

test("a question with no dataset gets an honest answer and the next step", async ({
  signedIn: page,
}) => {
  await ask(page, theQuestion);
  await expect(page.getByRole("main")).toContainText(/no calls|no data/i);
  await expect(page.getByRole("article")).toHaveCount(0);
});

test("a message over 10,000 characters is refused in the composer", async ({ signedIn: page }) => {
  await page.goto("/threads");
  await page.getByLabel("Your question").fill("x".repeat(10_001));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("alert")).toContainText("10,000");
  await expect(page).toHaveURL(/\/threads/);
});

test("a thread of another workspace looks like one that does not exist", async ({
  signedIn: page,
  browser,
  person,
}) => {
  await ask(page, "Hello");
  const path = new URL(page.url()).pathname;
  const stranger = await browser.newContext({ baseURL: new URL(page.url()).origin });
  const other = await stranger.newPage();
  await signIn(other, `other-${person}`);
  const theirs = await other.request.get(path);
  const missing = await other.request.get("/threads/01890000-0000-7000-8000-000000000000");
  expect(theirs.status()).toBe(404);
  expect(missing.status()).toBe(404);
  await stranger.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("a message is sent by form post and the answer read on reload", async ({
    signedIn: page,
  }) => {
    await page.goto("/threads");
    await page.getByLabel("Your question").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.waitForURL(/\/threads\/[0-9a-f-]{36}/);
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("main")).toContainText(/Netra|crew|ask/i, { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await expect(page.getByRole("paragraph").filter({ hasText: /^Hello$/ })).toBeVisible();
  });
});
