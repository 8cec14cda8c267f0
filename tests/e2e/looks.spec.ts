import { expectToLookRight } from "./looks";
import { ask, loadDemo, test, theQuestion } from "./product";

const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 390].map((width) => ({ colorScheme, width })),
);

test("pages are accessible and fit their width, light and dark, wide and narrow", async ({
  signedIn: page,
}, info) => {
  await loadDemo(page);
  const receipt = page.url();
  await ask(page, theQuestion);
  const report = page.url();
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 860 });
    await page.goto(receipt);
    await check("data");
    await page.goto(report);
    await page.getByRole("article").waitFor({ timeout: 30_000 });
    await check("report");
    await page.locator("article a.figure").first().click();
    await page.getByRole("dialog").waitFor();
    await check("evidence");
    await page.goto("/threads");
    await check("threads");

    async function check(name: string): Promise<void> {
      const look = `${name}, ${colorScheme}, ${width} px`;
      await page.screenshot({ path: info.outputPath(`${look}.png`), animations: "disabled" });
      await expectToLookRight(page, look);
    }
  }
});
