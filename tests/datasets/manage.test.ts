import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runImport } from "../../app/datasets/run-import.server";
import { listBudgets, listChanges } from "../../db/postgres";
import { startTestWeb, type TestMember, type TestWeb } from "../threads/web";

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
let datasetId: string;

beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
  datasetId = await importCalls(ann);
});
afterAll(() => web?.stop());

/** Two calls of $0.0035, one of them of 2024. */
async function importCalls({ workspaceId, userId }: TestMember): Promise<string> {
  const importId = randomUUID();
  const body = new Response(
    `timestamp,model,input_tokens,output_tokens,feature\n2024-01-01T00:00:00Z,gpt-4o,1000,100,chat\n${new Date().toISOString()},gpt-4o,1000,100,chat\n`,
  ).body;
  if (!body) throw new Error("no body");
  const wanted = { fileName: "log.csv", fileBytes: null, assignedModel: null, startTime: null };
  await runImport(web, { workspaceId, userId, importId, wanted }, body);
  return importId;
}

const pageOf = async (path: string, member = ann) =>
  (await (await member.get(path)).text()).replaceAll("<!-- -->", "");
const changeIdIn = (page: string) => /name="changeId" value="([^"]+)"/.exec(page)?.[1] ?? "";

/** Sends a form of the page at `path` as a browser without script does. */
async function send(path: string, form: Record<string, string>, member = ann, at = path) {
  const changeId = changeIdIn(await pageOf(at, member));
  return member.post(path, { changeId, ...form });
}

it("a budget is set by form, sent twice is set once, and is shown with what is spent and how that was computed", async () => {
  const changeId = changeIdIn(await pageOf("/budget"));
  const form = { changeId, change: "set", amountUsd: "0.01", alertPercent: "30", feature: "" };
  for (const _ of [1, 2]) expect((await ann.post("/budget", form)).status).toBe(302);
  const { workspaceId } = ann;
  expect(await listBudgets(web.db, { workspaceId })).toMatchObject([
    { feature: "", amountUsd: "0.01", alertPercent: 30 },
  ]);
  expect(await listChanges(web.db, { workspaceId, limit: 9 })).toMatchObject([
    { body: { kind: "set-budget" } },
  ]);
  const page = await pageOf("/budget");
  expect(page).toContain("35 % spent");
  expect(page).toContain("How it was computed");
  expect(page).toContain("FROM calls_v1");
});

it("its alert is shown on every page until somebody puts it away", async () => {
  const month = new Date().toISOString().slice(0, 7);
  const told = `30 % of the budget of the workspace for ${month} are spent.`;
  expect(await pageOf("/data")).toContain(told);
  expect(await pageOf("/data", bob)).not.toContain("of the budget");
  // Whoever looks at what is spent raises what it reaches; the greatest share stands for the lesser ones.
  const form = { change: "set", feature: "", amountUsd: "0.01", alertPercent: "20" };
  await send("/budget", form);
  expect(await pageOf("/data")).toContain(told.replace("30", "20"));
  await ann.post("/budget", { change: "dismiss", feature: "", month, percent: "20" });
  expect(await pageOf("/data")).not.toContain("of the budget");
});

it.each([
  [{ amountUsd: "-1", alertPercent: "80" }, "Budget must be at least 0.01."],
  [{ amountUsd: "lots", alertPercent: "80" }, "Budget must be a number."],
  [{ amountUsd: "1.005", alertPercent: "80" }, "Budget must be in whole cents."],
  [{ amountUsd: "10", alertPercent: "101" }, "Alert at must be at most 100."],
  [{ amountUsd: "10", alertPercent: "" }, "Alert at must be a whole number."],
])("refuses %j and names the field", async (values, problem) => {
  const answer = await send("/budget", { change: "set", feature: "", ...values });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(problem);
});

it("a dataset's page says what goes by age before it goes", async () => {
  const path = `/data/${datasetId}`;
  const refused = await send(path, { change: "retention", days: "0.5" });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("Days must be a whole number.");
  expect((await send(path, { change: "retention", days: "30" })).status).toBe(302);
  const page = await pageOf(path);
  expect(page).toContain("Calls are kept for 30 days.");
  expect(page).toContain("1 call is older already and will go with the next");
  expect(await pageOf("/data")).toContain("kept for 30 days");
});

it("a deleted dataset is gone from its page and can be restored", async () => {
  const path = `/data/${datasetId}`;
  expect((await send(path, { change: "delete" })).status).toBe(302);
  expect((await ann.get(path)).status).toBe(404);
  expect(await pageOf("/data")).toContain("Deleted, and still to be restored");
  expect((await send(path, { change: "restore" }, ann, "/data")).status).toBe(302);
  expect((await ann.get(path)).status).toBe(200);
});

it("a foreign link leads to a page that names its host, without a sign-in, and goes nowhere by itself", async () => {
  const to = "https://evil.example/x?y=1";
  const page = await fetch(`${web.origin}/leave?${new URLSearchParams({ to })}`);
  expect(page.status).toBe(200);
  const html = (await page.text()).replaceAll("<!-- -->", "");
  expect(html).toContain("Go to evil.example");
  expect(html).toMatch(/href="https:\/\/evil\.example\/x\?y=1" rel="noopener noreferrer nofollow"/);
  const refused = await fetch(`${web.origin}/leave?to=javascript:alert(1)`);
  expect(refused.status).toBe(400);
  expect(await refused.text()).not.toContain("javascript:alert");
});

it("is another workspace's to nobody, and a member's to look at", async () => {
  const path = `/data/${datasetId}`;
  expect((await bob.get(path)).status).toBe(404);
  const theirs = await bob.post(path, { changeId: randomUUID(), change: "delete" });
  expect(theirs.status).toBe(400);
  expect((await ann.get(path)).status).toBe(200);

  await web.db.write((sql) =>
    sql.execute(
      raw`update memberships set role = 'member' where user_id = ${ann.userId} and workspace_id = ${ann.workspaceId}`,
    ),
  );
  expect(changeIdIn(await pageOf(path))).toBe("");
  const refused = await ann.post(path, { changeId: randomUUID(), change: "delete" });
  expect(refused.status).toBe(400);
  expect((await ann.get(path)).status).toBe(200);
  const budget = { change: "set", feature: "", amountUsd: "5", alertPercent: "80" };
  const answer = await ann.post("/budget", { changeId: randomUUID(), ...budget });
  expect(answer.status).toBe(400);
  expect(await listBudgets(web.db, { workspaceId: ann.workspaceId })).toMatchObject([
    { amountUsd: "0.01" },
  ]);
});
