import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./product";
import { tags } from "./share";

const reference = process.env.NETRA_REFERENCE_DATA || "../shared/data";

test("a file without a model column asks for one and ends with a receipt", {
  tag: tags.core,
}, async ({ signedIn: page }) => {
  await page.goto("/data");
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: "trace.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        [
          "TIMESTAMP,ContextTokens,GeneratedTokens",
          "2023-11-16 18:15:46.6805900,374,44",
          "2023-11-16 18:15:50.9951690,-396,109",
          "not a date,879,55",
          "2023-11-16 18:15:51.2224670,91,16",
        ].join("\n"),
      ),
    });
  await page.getByLabel("Which model made these calls?").fill("openai/gpt-4o");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/\/data\/imports\//);
  const main = page.getByRole("main");
  await expect(main).toContainText("-396");
  await expect(main).toContainText("not a date");
  await expect(main).toContainText("ContextTokens");
  await expect(main.getByRole("link", { name: "Ask about this dataset" })).toBeVisible();
});

test("a file that is not text ends with a receipt that says so", async ({ signedIn: page }) => {
  await page.goto("/data");
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: "picture.csv",
      mimeType: "text/csv",
      buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0xff, 0xfe, 0, 1]),
    });
  await page.getByRole("button", { name: /Import anyway/ }).click();
  await page.waitForURL(/\/data\/imports\//);
  await expect(page.getByRole("main")).toContainText(/not text|not a text/i);
});

test.describe("reference logs", () => {
  test("the Azure trace is imported whole and asked about", async ({ signedIn: page }) => {
    const file = join(reference, "azure-llm-2023-conv.csv");
    test.skip(!existsSync(file), `no reference data at ${file}`);
    await page.goto("/data");
    await page.locator('input[type="file"]').first().setInputFiles(file);
    await page.getByLabel("Which model made these calls?").fill("openai/gpt-4o");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.waitForURL(/\/data\/imports\//);
    const main = page.getByRole("main");
    await expect(main).toContainText("19,366");
    await expect(main).toContainText("22,361,870");
    await expect(main).toContainText("4,088,665");
    await main.getByRole("link", { name: "Ask about this dataset" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("article")).toContainText("$96.79", { timeout: 30_000 });
  });

  test("the Mooncake trace asks for its start date and shows prefix reuse", async ({
    signedIn: page,
  }) => {
    const file = join(reference, "mooncake-conversation.jsonl");
    test.skip(!existsSync(file), `no reference data at ${file}`);
    await page.goto("/data");
    await page.locator('input[type="file"]').first().setInputFiles(file);
    await page.getByLabel("Which model made these calls?").fill("openai/gpt-4o");
    await page.getByLabel(/When did the trace begin/).fill("2024-06-01T00:00");
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.waitForURL(/\/data\/imports\//);
    const main = page.getByRole("main");
    await expect(main).toContainText("12,031");
    await expect(main).toContainText("144,793,823");
    await main.getByRole("link", { name: "Ask about this dataset" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByRole("article")).toContainText("37.36", { timeout: 30_000 });
    await expect(page.getByRole("article")).toContainText("29.34");
  });
});
