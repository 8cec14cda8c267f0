import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createThread } from "../../db/postgres";
import { startTestWeb, type TestMember, type TestWeb } from "./web";
import { recordWholeRun } from "./whole-run";

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
const threadId = randomUUID();
beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
  await recordWholeRun(web.db, ann, { threadId, title: "Where it goes" });
});
afterAll(() => web?.stop());

const manage = (form: Record<string, string>, member = ann) =>
  member.post(`/threads/${threadId}/manage`, form);
/** Nobody in particular: no cookie, no referrer. */
const stranger = (path: string) => fetch(`${web.origin}${path}`, { redirect: "manual" });

async function makeLink(): Promise<string> {
  const answer = await manage({ change: "share" });
  const [, path] = /value="http:\/\/[^"/]+(\/s\/[\w-]{43})"/.exec(await answer.text()) ?? [];
  if (!path) throw new Error("no link on the page");
  return path;
}

const sharesOf = async (): Promise<string[]> =>
  [
    ...(await (await ann.get(`/threads/${threadId}/manage`)).text()).matchAll(
      /name="share" value="([^"]+)"/g,
    ),
  ].map(([, id = ""]) => id);

it("a link shows messages, report and evidence to anybody, and nothing of the workspace", async () => {
  const path = await makeLink();
  const answer = await stranger(path);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  expect(page).toContain("Where the money goes");
  expect(page).toContain("<article");
  expect(page).toContain(`href="${path}/evidence/E1`);
  expect(page).not.toMatch(/"author":\{/);
  expect(page).not.toContain(ann.workspaceId);
  expect(page).not.toContain(ann.userId);
  expect(page).not.toMatch(/<nav|<form|<textarea/);
  const evidence = await stranger(`${path}/evidence/E1`);
  expect(evidence.status).toBe(200);
  expect(await evidence.text()).toContain("sum(cost_usd) by model");
  expect((await stranger(`${path}/evidence/E99`)).status).toBe(404);
});

it("neither a search engine keeps the page nor another site learns its address", async () => {
  const path = await makeLink();
  for (const address of [path, `${path}/evidence/E1`]) {
    const { headers } = await stranger(address);
    expect(headers.get("X-Robots-Tag")).toBe("noindex, nofollow");
    // Of several policies browsers take the last.
    expect(headers.get("Referrer-Policy")).toMatch(/no-referrer$/);
    expect(headers.get("Cache-Control")).toBe("private, no-store");
  }
});

it("the database holds no token", async () => {
  const token = (await makeLink()).slice(3);
  const { rows } = await web.db.read((sql) => sql.execute(raw`select * from thread_shares`));
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(token);
});

it("a revoked link shows nothing, and the others go on", async () => {
  const [first, second] = [await makeLink(), await makeLink()];
  const [newest = ""] = await sharesOf();
  await manage({ change: "revoke", share: newest });
  expect((await stranger(first)).status).toBe(200);
  for (const path of [second, `${second}/evidence/E1`, `/s/${"A".repeat(43)}`, "/s/x"]) {
    const answer = await stranger(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("This link shows nothing");
  }
});

it("a link does not open a deleted thread, and opens it again after it was restored", async () => {
  const path = await makeLink();
  await manage({ change: "delete" });
  expect((await stranger(path)).status).toBe(404);
  await manage({ change: "restore" });
  expect((await stranger(path)).status).toBe(200);
});

it("another workspace makes and revokes no link", async () => {
  const before = await sharesOf();
  expect((await manage({ change: "share" }, bob)).status).toBe(404);
  expect((await manage({ change: "revoke", share: before[0] ?? "" }, bob)).status).toBe(404);
  const bobs = randomUUID();
  const { workspaceId, userId } = bob;
  await createThread(web.db, { id: bobs, workspaceId, createdBy: userId, title: "Bob's" });
  await bob.post(`/threads/${bobs}/manage`, { change: "revoke", share: before[0] ?? "" });
  expect(await sharesOf()).toEqual(before);
});
