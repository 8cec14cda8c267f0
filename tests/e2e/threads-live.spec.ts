import type { Page } from "@playwright/test";
import { ask, expect, test } from "./product";

/** The same thread in another tab of the same browser. */
async function secondTab(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await expect(tab.getByRole("heading", { level: 1 })).toBeVisible();
  // Live: the room's own record of the answer is there.
  await expect(tab.getByRole("main")).toContainText(/Netra|crew|ask/i);
  return tab;
}

test("a rename and a deletion reach another open tab at once, and a restored thread works again", async ({
  signedIn: page,
}) => {
  await ask(page, "Hello");
  const address = new URL(page.url()).pathname;
  const tab = await secondTab(page);
  await page.goto(`${address}/manage`);
  await page.getByLabel("Title").fill("A name of mine");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.waitForURL(`**${address}`);
  await expect(tab.getByRole("heading", { level: 1 })).toHaveText("A name of mine");

  await page.goto(`${address}/manage`);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("It can be restored for 7 days.")).toBeVisible();
  await expect(tab.getByText("This thread was deleted.")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(`**${address}`);
  await page.getByLabel("Your question").fill("Hello again");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("paragraph").filter({ hasText: /^Hello again$/ })).toBeVisible();
  await tab.close();
});
