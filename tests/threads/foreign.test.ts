import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteThread, findThread } from "../../db/postgres";
import { startTestWeb, type TestMember, type TestWeb } from "./web";
import { recordWholeRun } from "./whole-run";

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
const anns = randomUUID();
const missing = randomUUID();
beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
  await recordWholeRun(web.db, ann, { threadId: anns, title: "Ann's" });
});
afterAll(() => web?.stop());

type Ask = (member: TestMember, threadId: string) => Promise<Response>;

/** Every door of the web server that takes a thread's id. */
const doors: Record<string, Ask> = {
  page: (member, id) => member.get(`/threads/${id}`),
  "page's data": (member, id) =>
    member.get(`/threads/${id}?_data=${encodeURIComponent("routes/_shell.threads.$threadId")}`),
  management: (member, id) => member.get(`/threads/${id}/manage`),
  evidence: (member, id) => member.get(`/threads/${id}/evidence/E1`),
  "export as Markdown": (member, id) => member.get(`/threads/${id}/export.md`),
  "export as JSON": (member, id) => member.get(`/threads/${id}/export.json`),
  "ticket for socket and resume": (member, id) => member.post(`/threads/${id}/ticket`, {}),
  message: (member, id) => member.post(`/threads/${id}`, { text: "hello" }),
  rename: (member, id) =>
    member.post(`/threads/${id}/manage`, { change: "rename", title: "Bob's" }),
  share: (member, id) => member.post(`/threads/${id}/manage`, { change: "share" }),
  revoke: (member, id) =>
    member.post(`/threads/${id}/manage`, { change: "revoke", share: randomUUID() }),
  archive: (member, id) => member.post(`/threads/${id}/manage`, { change: "archive" }),
  delete: (member, id) => member.post(`/threads/${id}/manage`, { change: "delete" }),
  restore: (member, id) => member.post(`/threads/${id}/manage`, { change: "restore" }),
};

/** Status, headers and body without the id that was asked for, and what differs between any two answers. */
async function answerTo(ask: Ask, threadId: string) {
  const response = await ask(bob, threadId);
  const body = (await response.text())
    .replaceAll(threadId, "ID")
    .replace(/nonce="[^"]*"/g, "")
    .replace(/"now":\d+/g, "");
  const headers = Object.fromEntries(response.headers);
  for (const name of ["date", "content-security-policy", "etag", "content-length"]) {
    delete headers[name];
  }
  return { status: response.status, headers, body };
}

describe("a thread of another workspace", () => {
  for (const [door, ask] of Object.entries(doors)) {
    it(`answers at the ${door} byte for byte like one that does not exist`, async () => {
      const [foreign, none] = [await answerTo(ask, anns), await answerTo(ask, missing)];
      expect(none.status).toBe(404);
      expect(foreign).toEqual(none);
      expect(foreign.body).not.toContain("Where the money goes");
    });
  }

  it("is as it was after all that", async () => {
    const place = { workspaceId: ann.workspaceId, threadId: anns };
    expect(await findThread(web.db, place)).toMatchObject({
      // As its run had titled it.
      title: "Where the money goes",
      archivedAt: null,
    });
    expect((await ann.get(`/threads/${anns}`)).status).toBe(200);
  });

  it("answers so, too, when its own workspace deleted it", async () => {
    await deleteThread(web.db, { workspaceId: ann.workspaceId, threadId: anns });
    for (const ask of Object.values(doors)) {
      expect(await answerTo(ask, anns)).toEqual(await answerTo(ask, missing));
    }
  });
});
