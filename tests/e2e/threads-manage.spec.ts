import type { Page } from "@playwright/test";
import { expectToLookRight } from "./looks";
import { ask, expect, loadDemo, test, theQuestion } from "./product";
import { tags } from "./share";

/** Opens the thread's menu by keyboard and takes one of its entries. */
async function choose(page: Page, entry: string): Promise<void> {
  await page.getByLabel("Manage this thread").focus();
  await page.keyboard.press("Enter");
  const item = page.getByRole("menuitem", { name: entry });
  await expect(item).toBeVisible();
  while (!(await item.evaluate((element) => element === document.activeElement))) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
}

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 390],
] as const) {
  test.describe(`${colorScheme}, ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 860 } });

    test("a thread is renamed, found, archived, deleted and restored by keyboard", async ({
      signedIn: page,
    }) => {
      await ask(page, "Hello there");
      const address = new URL(page.url()).pathname;
      await choose(page, "Rename");
      await expectToLookRight(page);
      await page.getByLabel("Title").fill("A name of mine");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("A name of mine");

      await page.goto("/threads");
      const search = page.getByRole("searchbox");
      await search.fill("hello");
      await search.press("Enter");
      await expect(page.locator("mark").first()).toHaveText(/hello/i);
      await expectToLookRight(page);
      await page
        .getByRole("main")
        .getByRole("link", { name: /A name of mine/ })
        .click();
      await page.waitForURL(`**${address}`);

      await choose(page, "Archive");
      await expect(page.getByText("The thread is archived.")).toBeVisible();
      await page.getByRole("button", { name: "Undo" }).press("Enter");
      await page.waitForURL(`**${address}`);

      await choose(page, "Delete");
      await expect(page.getByText("It can be restored for 7 days.")).toBeVisible();
      await page.getByRole("link", { name: "Recently deleted" }).press("Enter");
      await expectToLookRight(page);
      await page.getByRole("button", { name: /^Restore/ }).press("Enter");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("A name of mine");
    });
  });
}

test("a link shows the report to a stranger until it is revoked", { tag: tags.core }, async ({
  signedIn: page,
  browser,
}) => {
  await loadDemo(page);
  await ask(page, theQuestion);
  await page.getByRole("article").waitFor({ timeout: 30_000 });
  await choose(page, "Share");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel(/Copy it now/).inputValue();

  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole("article")).toBeVisible();
  await expectToLookRight(stranger);
  await stranger.locator("article a.figure").first().click();
  await expect(stranger.getByRole("dialog")).toContainText("SELECT");
  await expectToLookRight(stranger);

  await page.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("button", { name: "Revoke" })).toHaveCount(0);
  expect((await stranger.goto(link))?.status()).toBe(404);
  await expect(stranger.getByText("This link shows nothing")).toBeVisible();
  await context.close();
});

test("a thread is saved as Markdown", async ({ signedIn: page }) => {
  await ask(page, "Hello there");
  const saved = page.waitForEvent("download");
  await choose(page, "Export as Markdown");
  expect((await saved).suggestedFilename()).toBe("netra-hello-there.md");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test("a thread is managed by links and forms", async ({ signedIn: page }) => {
    await ask(page, "Hello there");
    await page.getByLabel("Manage this thread").click();
    await page.getByRole("button", { name: "Make a link" }).click();
    await expect(page.getByLabel(/Copy it now/)).toHaveValue(/\/s\/[\w-]{43}$/);
    await page.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("It can be restored for 7 days.")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(/\/threads\/[0-9a-f-]{36}$/);
  });
});
