import type { Page } from "@playwright/test";
import { listMessages, listReports, listRuns } from "../../db/postgres";
import { development } from "../../db/startup/seed-development";
import { plainText, reportSchema, richTextSchema } from "../../party/protocol";
import { from } from "../agents/model-script";
import { type OwnProduct, startOwnProduct, type Victim } from "./own-product";
import { ask, test as base, expect, theQuestion } from "./product";
import { tags } from "./share";

const test = base.extend<object, { own: OwnProduct }>({
  own: [
    async ({ target }, use) => {
      const own = await startOwnProduct(target);
      await use(own);
      await own.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: ({ own }, use) => use(own.appUrl),
});
// What is broken here the browser reports by itself.
test.use({ allowedNoise: /WebSocket|Failed to load resource|ERR_INTERNET_DISCONNECTED/ });
test.skip(process.platform !== "linux", "finds its victims in /proc");

const WORDS = ["alpha", "bravo", "delta", "echo", "gamma", "kilo", "lima", "omega", "sigma"];
/** A sentence without a figure in it: it is shown as soon as it is whole. */
const sentence = (index: number) =>
  `Sentence ${WORDS[index % 9]} ${WORDS[(index * 4 + 2) % 9]} ${WORDS[(index * 7 + 1) % 9]}.`;

/** The model writes a report of so many sentences, at a pace that can be changed; all else it refuses. */
function writes({ model }: OwnProduct, sentences: number): { everyMs: number } {
  const pace = { everyMs: 150 };
  const everyMs = () => pace.everyMs;
  const text = Array.from({ length: sentences }, (_, index) => sentence(index)).join(" ");
  model.reset();
  model.script(
    { when: from("reporting"), reply: { kind: "text", text, pieces: sentences, everyMs } },
    { reply: { kind: "status", status: 400 }, times: 100 },
  );
  return pace;
}

/** The text of the model in the report that the page shows. */
const summaryOf = (page: Page) =>
  page.getByRole("region", { name: "Executive summary" }).getByRole("paragraph");

/** The thread's answer and the summary of its report in the record, once its run is over. */
async function recorded(own: OwnProduct, page: Page): Promise<{ answer: string; summary: string }> {
  const threadId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const place = { workspaceId: development.workspace.id, threadId };
  const db = own.record();
  await expect(async () => {
    expect(await listRuns(db, place)).toMatchObject([{ state: "completed" }]);
  }).toPass({ timeout: 20_000 });
  const answers = (await listMessages(db, place)).filter(({ role }) => role === "assistant");
  const reports = await listReports(db, place);
  expect([answers.length, reports.length]).toEqual([1, 1]);
  const { summary } = reportSchema.parse(reports[0]?.body);
  return {
    answer: plainText(richTextSchema.parse(answers[0]?.text)),
    summary: summary.map((line) => plainText(line)).join("\n"),
  };
}

/** What the page kept of the text that was written out: each state of it, in order. */
const textsSeen = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { seen: string[] }).seen);

test("20 network flaps in one turn: no text is shown twice, and at the end it is what the record says", async ({
  page,
  own,
}) => {
  const pace = writes(own, 250);
  await page.goto("/auth/development");
  await ask(page, theQuestion);
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const text = document.querySelector("p[aria-busy=true]")?.textContent ?? "";
      if (text !== "" && text !== seen.at(-1)) seen.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const written = page.locator("p[aria-busy=true]");
  await written.waitFor({ timeout: 30_000 });
  for (let flap = 0; flap < 20; flap++) {
    const connections = own.network.connections();
    await page.context().setOffline(true);
    await own.network.cut();
    await page.waitForTimeout(50 + 10 * (flap % 7));
    const { length } = await textsSeen(page);
    await own.network.mend();
    await page.context().setOffline(false);
    // It is live again when something new is shown over a new connection.
    await expect
      .poll(
        async () =>
          own.network.connections() > connections && (await textsSeen(page)).length > length,
        { intervals: [20] },
      )
      .toBe(true);
  }
  // All of it was in the one turn, which may now come to its end.
  await expect(written).toHaveCount(1);
  pace.everyMs = 0;

  await page.getByRole("article").waitFor({ timeout: 30_000 });
  const { answer, summary } = await recorded(own, page);
  expect(await summaryOf(page).allTextContents()).toEqual([summary]);
  const seen = await textsSeen(page);
  for (const [index, text] of seen.entries()) {
    const last = seen[index - 1] ?? "";
    expect(text.startsWith(last), `"${last}" became "${text}"`).toBe(true);
    expect(answer.startsWith(text), `"${text}" is not how "${answer}" begins`).toBe(true);
  }
});

/** What the app and the rooms run in, and a store; Postgres, which a run needs least, with `NETRA_TEST_FULL=1` only. */
const victims: readonly { victim: Victim; tag: string[] }[] = [
  { victim: "web", tag: [tags.only.node] },
  { victim: "rooms", tag: [tags.only.node] },
  { victim: "edge", tag: [tags.only.edge] },
  { victim: "clickhouse", tag: [] },
  ...(process.env.NETRA_TEST_FULL === "1" ? [{ victim: "postgres" as const, tag: [] }] : []),
];
const holdsRooms: readonly Victim[] = ["rooms", "edge"];

for (const { victim, tag } of victims) {
  test(`kill -9 of ${victim} in the middle of a run: it goes on, and the page shows its end`, {
    tag,
  }, async ({ page, own }) => {
    writes(own, 12);
    await page.goto("/auth/development?next=/threads");
    if (victim === "clickhouse") {
      // Its queries come first: it is away when they do.
      await page.getByLabel("Your question").fill(theQuestion);
      own.kill(victim);
      await page.getByRole("button", { name: "Send" }).click();
    } else {
      await ask(page, theQuestion);
      await page.getByRole("region", { name: "The crew's work" }).waitFor();
      own.kill(victim);
    }
    await expect(page.getByRole("article")).toBeVisible({ timeout: 45_000 });
    await expect(page.getByText("The crew finished")).toHaveCount(1);
    // The step in flight is done again where the crew itself died, and the page says so.
    await expect(page.getByText("resumed", { exact: true })).toHaveCount(
      holdsRooms.includes(victim) ? 1 : 0,
    );
    const { summary } = await recorded(own, page);
    expect(await summaryOf(page).allTextContents()).toEqual([summary]);
    // What was killed is back by itself, and the page shows the same.
    await expect(async () => {
      expect((await page.reload())?.status()).toBe(200);
    }).toPass({ timeout: 20_000 });
    await expect(summaryOf(page)).toHaveText([summary]);
  });
}
