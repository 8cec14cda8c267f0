import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createThread, findThread, listMessages, recordThread } from "../../db/postgres";
import { startTestWeb, type TestMember, type TestWeb } from "./web";

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
});
afterAll(() => web?.stop());

async function newThread(title: string, text = "x"): Promise<string> {
  const threadId = randomUUID();
  const { workspaceId, userId } = ann;
  await createThread(web.db, { id: threadId, workspaceId, createdBy: userId, title });
  await recordThread(web.db, { workspaceId, threadId }, [
    {
      kind: "message-added",
      id: randomUUID(),
      seq: 1,
      role: "user",
      authorId: userId,
      authorName: "ann",
      runId: null,
      text: [text],
      writer: null,
      ending: "complete",
      at: new Date(),
    },
  ]);
  return threadId;
}

const pageOf = async (path: string, member = ann) => (await member.get(path)).text();
const change = (threadId: string, form: Record<string, string>, member = ann) =>
  member.post(`/threads/${threadId}/manage`, form);

/** Everything of an answer that could tell one thread from another. */
async function answerOf(response: Response) {
  const body = (await response.text())
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/"now":\d+/g, "NOW");
  return {
    status: response.status,
    location: response.headers.get("Location"),
    body: body.replaceAll(/nonce[="-]+[\w+/=]+/g, "NONCE"),
  };
}

describe("a thread of another workspace", () => {
  it.each<[method: string, path: string, form?: Record<string, string>]>([
    ["GET", ""],
    ["GET", "/manage"],
    ["GET", "/export.md"],
    ["GET", "/export.json"],
    ["POST", "/manage", { change: "rename", title: "Mine now" }],
    ["POST", "/manage", { change: "archive" }],
    ["POST", "/manage", { change: "unarchive" }],
    ["POST", "/manage", { change: "delete" }],
    ["POST", "/manage", { change: "restore" }],
    ["POST", "/manage", { change: "nonsense" }],
  ])("answers %s %s %j exactly like a missing one", async (method, path, form = {}) => {
    const ask = async (threadId: string) =>
      answerOf(
        method === "GET"
          ? await bob.get(`/threads/${threadId}${path}`)
          : await bob.post(`/threads/${threadId}${path}`, form),
      );
    const threadId = await newThread("Ann's");
    const foreign = await ask(threadId);
    expect(foreign.status).toBe(404);
    expect(foreign).toEqual(await ask(randomUUID()));
    expect(await findThread(web.db, { workspaceId: ann.workspaceId, threadId })).toMatchObject({
      title: "Ann's",
      archivedAt: null,
    });
  });

  it("lends its id to nobody's first message", async () => {
    const threadId = await newThread("Ann's");
    const answer = await bob.post("/threads?index", { text: "hello", threadId });
    expect(await answer.text()).not.toContain(threadId);
  });
});

describe("without script", () => {
  it("RM46: an answer that asks back offers its choices in a form, until something else is said", async () => {
    const threadId = await newThread("Vague", "Make it better");
    const place = { workspaceId: ann.workspaceId, threadId };
    const [runId, at] = [randomUUID(), new Date()];
    const [{ id: messageId = "" } = {}] = await listMessages(web.db, place);
    const choice = { label: "A <b>cost</b>", text: 'Where does "it" go?' };
    await recordThread(web.db, place, [
      { kind: "run-started", runId, messageId, model: null, at },
      {
        kind: "message-added",
        ...{ id: randomUUID(), seq: 2, role: "assistant", authorId: null, authorName: null, runId },
        ...{ text: ["What should I look at?"], writer: "rules", ending: "complete", at },
        choices: [choice, { label: "Speed", text: "What is slow?" }],
      },
      { kind: "run-finished", runId, state: "completed", reason: null, at },
    ]);
    const button = /<button[^>]*name="text"[^>]*value="Where does &quot;it&quot; go\?"[^>]*>/;
    const open = await pageOf(`/threads/${threadId}`);
    const form = /<form[^>]*aria-label="Answers to choose from".*?<\/form>/s.exec(open)?.[0] ?? "";
    expect(form).toContain(`action="/threads/${threadId}"`);
    expect(form).toMatch(/<input type="hidden" name="messageId" value="[0-9a-f-]{36}"/);
    expect(form).toContain("A &lt;b&gt;cost&lt;/b&gt;");
    expect(button.exec(form)?.[0]).not.toContain('disabled=""');
    await recordThread(web.db, place, [
      {
        kind: "message-added",
        ...{ id: randomUUID(), seq: 3, role: "user", authorId: ann.userId, authorName: "ann" },
        ...{ runId: null, text: ["The cost"], writer: null, ending: "complete", at },
      },
    ]);
    expect(button.exec(await pageOf(`/threads/${threadId}`))?.[0]).toContain('disabled=""');
  });

  it("a thread gets a title, and a bad one is refused with what was typed", async () => {
    const threadId = await newThread("Old title");
    const renamed = await change(threadId, { change: "rename", title: "  New\n <b>title</b> " });
    expect(renamed.headers.get("Location")).toBe(`/threads/${threadId}`);
    expect(await pageOf(`/threads/${threadId}`)).toContain("New &lt;b&gt;title&lt;/b&gt;");
    const refused = await change(threadId, { change: "rename", title: "y".repeat(121) });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("The title has 121 characters; the limit is 120.");
    expect((await change(threadId, { change: "rename", title: " \n " })).status).toBe(400);
  });

  it("threads are found, and what was searched for is marked", async () => {
    await newThread("Spend & <i>more</i>", "Why is <b>claude</b> so dear?");
    const page = await pageOf("/threads?q=CLAUDE");
    expect(page).toContain("Spend &amp; &lt;i&gt;more&lt;/i&gt;");
    expect(page).toMatch(/<mark[^>]*>claude<\/mark>/);
    expect(await pageOf("/threads?q=claude", bob)).toContain("Nothing found");
    for (const search of ["%00", "%27", "%ED%A0%80", "a%20%26%20%7C", "%5C"]) {
      expect((await ann.get(`/threads?q=${search}`)).status).toBe(200);
    }
  });

  it("a thread is archived with a way back", async () => {
    const threadId = await newThread("To the archive");
    const archived = await change(threadId, { change: "archive" });
    const next = archived.headers.get("Location") ?? "";
    const page = await pageOf(next);
    expect(page).toContain("The thread is archived.");
    expect(page).toContain("Undo");
    const linked = `href="/threads/${threadId}"`;
    expect(page).not.toContain(linked);
    expect(await pageOf("/threads?list=archived")).toContain(linked);
    const back = await change(threadId, { change: "unarchive" });
    expect(back.headers.get("Location")).toBe(`/threads/${threadId}`);
    expect(await pageOf("/threads")).toContain(linked);
  });

  it("a thread is deleted, is gone at once, and comes back from the list of deleted ones", async () => {
    const threadId = await newThread("To be deleted");
    const deleted = await change(threadId, { change: "delete" });
    expect(await pageOf(deleted.headers.get("Location") ?? "")).toContain(
      "It can be restored for 7 days.",
    );
    for (const path of ["", "/manage", "/evidence/E1"]) {
      expect((await ann.get(`/threads/${threadId}${path}`)).status).toBe(404);
    }
    expect((await ann.post(`/threads/${threadId}/ticket`, {})).status).toBe(404);
    const list = await pageOf("/threads?list=deleted");
    expect(list).toContain("To be deleted");
    expect(list).toContain("7 days left");
    await change(threadId, { change: "restore" });
    expect((await ann.get(`/threads/${threadId}`)).status).toBe(200);
  });

  it("RM63: the next sign-in purges what was deleted over 7 days ago, and keeps it where its room cannot be told", async () => {
    const threadId = await newThread("Expired");
    await change(threadId, { change: "delete" });
    await web.db.write((sql) =>
      sql.execute(
        raw`update threads set deleted_at = now() - interval '8 days' where id = ${threadId}`,
      ),
    );
    await web.signIn("carl");
    // There are no rooms here; tests/host/purge.test.ts tells a real one.
    await expect
      .poll(() => web.output(), { timeout: 20_000 })
      .toContain("deleted threads that wait for their rooms to be purged: 1");
    const { rows } = await web.db.read((sql) =>
      sql.execute(raw`select id from messages where thread_id = ${threadId}`),
    );
    expect(rows).toHaveLength(1);
  });
});

describe("a viewer", () => {
  it("reads threads and changes none", async () => {
    const threadId = await newThread("Read only");
    const setRole = (role: string) =>
      web.db.write((sql) =>
        sql.execute(raw`update memberships set role = ${role}::role where user_id = ${ann.userId}`),
      );
    await setRole("viewer");
    try {
      const page = await pageOf(`/threads/${threadId}`);
      expect(page).toContain("Read only");
      const manage = await pageOf(`/threads/${threadId}/manage`);
      expect(manage).toContain("Markdown");
      expect(manage).not.toMatch(/>(Rename|Archive|Delete|Make a link)</);
      for (const name of ["rename", "archive", "delete", "restore", "share", "revoke"]) {
        expect((await change(threadId, { change: name, title: "x" })).status).toBe(403);
      }
    } finally {
      await setRole("owner");
    }
  });
});
