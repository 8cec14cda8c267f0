import type { Page } from "@playwright/test";
import { ask, expect, test } from "./product";

const shown = (page: Page, text: string) =>
  page.getByRole("paragraph").filter({ hasText: new RegExp(`^${text}$`) });

test("a question is asked differently: versions side by side, copies show the newest, old branches go on", async ({
  signedIn: page,
}) => {
  await ask(page, "Hello");
  await expect(shown(page, "Hello")).toBeVisible();
  await page.getByRole("button", { name: "Ask this differently" }).click();
  const field = page.getByLabel("The question, asked differently");
  await expect(field).toHaveValue("Hello");
  await field.fill("Thanks");
  await field.press("Enter");

  await expect(shown(page, "Thanks")).toBeVisible();
  await expect(shown(page, "Hello")).toHaveCount(0);
  const versions = page.getByRole("group", { name: "Versions of this question" });
  await expect(versions).toContainText("2/2");

  await versions.getByRole("button", { name: "Version before" }).click();
  await expect(shown(page, "Hello")).toBeVisible();
  await expect(versions).toContainText("1/2");
  await page.getByLabel("Your question").fill("Good morning");
  await page.getByLabel("Your question").press("Enter");
  await expect(shown(page, "Good morning")).toBeVisible();
  await expect(shown(page, "Hello")).toBeVisible();

  // The newest question now stands behind the old version: that is the branch of a fresh page.
  await page.reload();
  await expect(shown(page, "Good morning")).toBeVisible();
  await expect(shown(page, "Hello")).toBeVisible();
  await expect(shown(page, "Thanks")).toHaveCount(0);

  await expect(async () => {
    const path = new URL(page.url()).pathname;
    const markdown = await (await page.request.get(`${path}/export.md`)).text();
    expect(markdown).toContain("> Good morning");
    expect(markdown).not.toContain("> Thanks");
    expect(markdown).toContain("One more question of this thread stands in another version of it");
  }).toPass();
});

test("a vague request gets a question back, and a press on one of its choices answers it", async ({
  signedIn: page,
}) => {
  await ask(page, "Make it better");
  const choices = page.getByRole("form", { name: "Answers to choose from" });
  await expect(choices.getByRole("button")).toHaveCount(6);
  await choices.getByRole("button", { name: "Caching" }).click();
  await expect(shown(page, "What would caching save\\?")).toBeVisible();
  await expect(choices.getByRole("button", { name: "Caching" })).toBeDisabled();
  await expect(page.getByText("this workspace has no dataset with calls")).toBeVisible();

  // From the record alone, as without script, they are still there and still closed.
  await page.reload();
  await expect(choices.getByRole("button", { name: "Cost" })).toBeDisabled();
});
