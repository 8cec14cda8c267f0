import AxeBuilder from "@axe-core/playwright";
import { ask, expect, loadDemo, test, theQuestion } from "./product";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 860 } });

      test("pages are accessible and fit their width", async ({ signedIn: page }, info) => {
        await loadDemo(page);
        await check("data");
        await ask(page, theQuestion);
        await page.getByRole("article").waitFor({ timeout: 30_000 });
        await check("report");
        await page.locator("article a.figure").first().click();
        await page.getByRole("dialog").waitFor();
        await check("evidence");
        await page.goto("/threads");
        await check("threads");

        async function check(name: string): Promise<void> {
          await page.screenshot({ path: info.outputPath(`${name}.png`), animations: "disabled" });
          const overflow = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(overflow, `${name} is wider than the window`).toBeLessThanOrEqual(0);
          const { violations } = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa"])
            .analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        }
      });
    });
  }
}
