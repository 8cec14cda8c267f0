import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createThread } from "../../db/postgres";
import { createThreadStore } from "../../party/adapters/thread-store";
import type { CrewOutput } from "../../party/agents/core/crew";
import type { ThreadStore } from "../../party/ports/thread-store";
import { say, scriptedCrew } from "../room/scripted-crew";
import { startTestRooms, type TestRooms } from "./rooms";
import { ROOM_TICKET_SECRET, startTestWeb, type TestMember, type TestWeb } from "./web";

let rooms: TestRooms;
let web: TestWeb;
let ann: TestMember;

/** Resolved whenever the record took a delivery: pages are read from the record. */
let delivered: () => void = () => {};
const store = (): ThreadStore => {
  const record = createThreadStore(web.db);
  return {
    ...record,
    applyEvents: async (key, events) => {
      await record.applyEvents(key, events);
      delivered();
    },
  };
};

const breaking = new Set<string>();
const approval = () => ({
  id: randomUUID(),
  title: "Set the budget",
  reason: "It would be exceeded.",
  fields: [
    {
      kind: "number" as const,
      name: "budget",
      label: "Budget",
      unit: "USD",
      value: 100,
      min: 0,
      max: 1_000,
    },
  ],
  roles: ["member" as const, "admin" as const, "owner" as const],
});

const crew = scriptedCrew(function* ({ request }): Iterable<CrewOutput> {
  const { runId, message, approval: given } = request;
  if (!given) yield say({ type: "run-started", runId, messageId: message.id, model: null });
  if (breaking.delete(message.id) || message.text === "breaks always") throw new Error("broke");
  if (message.text === "asks" && !given) {
    yield { kind: "approval", approval: approval(), state: 0 };
    return;
  }
  const text = given ? `${given.decision} ${given.values.budget}` : `answer to ${message.text}`;
  yield say({
    type: "message-added",
    message: {
      ...{ id: randomUUID(), role: "assistant", author: null, runId, text: [text] },
      ...{ writer: "rules", ending: "complete", at: new Date().toISOString() },
    },
  });
  yield say({ type: "run-finished", runId, state: "completed", reason: null });
});

beforeAll(async () => {
  rooms = await startTestRooms({ secret: ROOM_TICKET_SECRET, store, runCrew: crew.runCrew });
  web = await startTestWeb({ roomsUrl: rooms.url });
  ann = await web.signIn("ann");
});
afterAll(async () => {
  await web?.stop();
  await rooms?.stop();
});

async function newThread(): Promise<string> {
  const threadId = randomUUID();
  const { workspaceId, userId: createdBy } = ann;
  await createThread(web.db, { id: threadId, workspaceId, createdBy, title: "A thread" });
  return threadId;
}

/** The page once it holds `sign`, which a delivery to the record brings. */
async function pageWith(threadId: string, sign: string | RegExp, query = ""): Promise<string> {
  for (;;) {
    const news = new Promise<void>((resolve) => {
      delivered = resolve;
    });
    const page = await (await ann.get(`/threads/${threadId}${query}`)).text();
    if (typeof sign === "string" ? page.includes(sign) : sign.test(page)) return page;
    await news;
  }
}

/** The hidden fields of the page's form that holds `sign`, as a browser would post them. */
function formWith(page: string, sign: string): Record<string, string> {
  const forms = page.match(/<form.*?<\/form>/gs) ?? [];
  const form = forms.find((one) => one.includes(sign)) ?? "";
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = "", value = ""]) => [name, value]));
}

const post = (threadId: string, form: Record<string, string>) =>
  ann.post(`/threads/${threadId}`, form);
const runsOf = (text: string) => crew.runs.filter(({ request }) => request.message.text === text);

describe("a thread without script", () => {
  it("RM42: a run that failed is retried by a form, once however often it is sent", async () => {
    const threadId = await newThread();
    const messageId = randomUUID();
    breaking.add(messageId);
    expect((await post(threadId, { text: "breaks", messageId })).status).toBe(302);
    const page = await pageWith(threadId, "Retry</button>");
    const form = formWith(page, "Retry</button>");
    expect(form).toMatchObject({ intent: "retry", runId: expect.any(String) });
    const answers = [await post(threadId, form), await post(threadId, form)];
    expect(answers.map(({ status }) => status)).toEqual([302, 302]);
    expect(answers[0]?.headers.get("Location")).toBe(`/threads/${threadId}`);
    expect(await pageWith(threadId, "answer to breaks")).not.toContain("Retry</button>");
    expect(runsOf("breaks")).toHaveLength(2);
  });

  it("RM44: what a run asks is decided by a form: approved, rejected, or approved with other values", async () => {
    for (const [decision, more, said] of [
      ["approve", {}, "approve 100"],
      ["reject", {}, "reject 100"],
      ["edit", { "value:number:budget": "250.5" }, "edit 250.5"],
    ] as const) {
      const threadId = await newThread();
      await post(threadId, { text: "asks", messageId: randomUUID() });
      const page = await pageWith(threadId, "Set the budget");
      expect(page).toContain('name="value:number:budget"');
      const form = formWith(page, 'name="decision"');
      expect((await post(threadId, { ...form, decision, ...more })).status).toBe(302);
      await pageWith(threadId, said);
    }
  });

  it("RM44: a value that cannot be set is refused by name, and an edit without any is no approval", async () => {
    const threadId = await newThread();
    await post(threadId, { text: "asks", messageId: randomUUID() });
    const form = formWith(await pageWith(threadId, "Set the budget"), 'name="decision"');
    const wrong = { ...form, decision: "edit", "value:number:budget": "5000" };
    expect(await (await post(threadId, wrong)).text()).toContain("must be at most 1000");
    const none = await post(threadId, { ...form, decision: "edit" });
    expect(none.status).toBe(400);
    expect((await post(threadId, { ...form, decision: "launch" })).status).toBe(400);
    await post(threadId, { ...form, decision: "reject" });
    await pageWith(threadId, "reject 100");
  });

  it("RM43: the versions of a question are turned by a form, and a follow-up follows the one shown", async () => {
    const threadId = await newThread();
    const first = randomUUID();
    await post(threadId, { text: "old wording", messageId: first });
    await pageWith(threadId, "answer to old wording");
    const ticket = await (await ann.post(`/threads/${threadId}/ticket`, {})).json();
    const edited = { type: "message.edit", id: randomUUID(), replaces: first, text: "new wording" };
    await fetch(`${rooms.url}/parties/main/${threadId}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ticket.ticket}` },
      body: JSON.stringify(edited),
    });
    const newest = await pageWith(threadId, "answer to new wording");
    expect(newest).not.toContain("answer to old wording");
    expect(newest).toMatch(new RegExp(`<button[^>]*name="version"[^>]*value="${first}"`));
    const old = await pageWith(threadId, "answer to old wording", `?version=${first}`);
    expect(old).not.toContain("answer to new wording");
    const form = formWith(old, 'name="after"');
    expect(form.after).toBe(first);
    await post(threadId, { ...form, text: "and then?" });
    const page = await pageWith(threadId, "answer to and then?");
    expect(page).toContain("answer to old wording");
    expect(page).not.toContain("answer to new wording");
    const nothing = await ann.get(`/threads/${threadId}?version=nonsense`);
    expect(nothing.status).toBe(200);
  });
});
