import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The page fits its window's width and breaks no rule of WCAG 2 A and AA. */
export async function expectToLookRight(page: Page, name = page.url()): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name} is wider than the window`).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page })
    // Only what is wrong is described in full; what is examined stays the same.
    .options({ resultTypes: ["violations"] })
    .withTags(["wcag2a", "wcag2aa"])
    // No page of ours has frames of other origins, for which each examination would open a window.
    .setLegacyMode()
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    name,
  ).toEqual([]);
}
