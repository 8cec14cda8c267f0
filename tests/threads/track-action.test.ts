import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { dayShocks, type PlantedTraffic, plantedCalls } from "../../db/demo";
import { createThread, findAction, finishImport, startImport } from "../../db/postgres";
import { createThreadStore } from "../../party/adapters/thread-store";
import { type Evidence, plainText, type Report, type ReportAction } from "../../party/protocol";
import { report as fixture } from "../app/report-fixture";
import { startTestWeb, type TestMember, type TestWeb } from "./web";
import { recordWholeRun } from "./whole-run";

const DAY = 86_400_000;
/** Five weeks before today, so that the action is accepted and done in the middle of the log. */
const start = Math.floor(Date.now() / DAY) * DAY - 36 * DAY;
const days = { seed: 4, start, days: 66 };
const traffic: PlantedTraffic = {
  feature: "assistant",
  provider: "openai",
  model: "gpt-4o",
  callsPerDay: 20,
  trend: 0,
  dayShock: 0.04,
  persistence: 0,
  inputTokens: 2_000,
  outputTokens: 200,
};
const now = Date.now();
/** The assistant's calls get half as large after today; search goes on as before. */
const log: Call[] = [
  ...[...plantedCalls(days, traffic, dayShocks(days, traffic, 1))].map((call) =>
    call.time < now
      ? call
      : { ...call, inputTokens: call.inputTokens >> 1, outputTokens: call.outputTokens >> 1 },
  ),
  ...plantedCalls(days, { ...traffic, feature: "search" }, dayShocks(days, traffic, 2)),
];

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
const datasetId = randomUUID();
const threadId = randomUUID();
const runId = randomUUID();
const [template] = fixture.actions;
const action = { ...template, id: randomUUID(), feature: "assistant" } as ReportAction;
const unknownSaving: ReportAction = { ...action, id: randomUUID(), saving: null };
const path = (id = action.id) => `/threads/${threadId}/actions/${id}`;

async function importCalls(calls: Call[]) {
  const { workspaceId, userId } = ann;
  const importId = randomUUID();
  await startImport(web.db, {
    id: importId,
    workspaceId,
    dataset: { id: datasetId, name: "log.csv", source: "import" },
    fileName: "log.csv",
    fileBytes: 1,
    options: {},
    createdBy: userId,
  });
  await insertCalls(web.clickhouse, { workspaceId, datasetId, importId }, calls);
  await finishImport(web.db, {
    workspaceId,
    importId,
    state: "completed",
    receipt: {},
    problem: null,
    bytesRead: 1,
    rowsAccepted: calls.length,
    rowsRejected: 0,
    firstCallAt: null,
    lastCallAt: null,
  });
}

/** A report with the action, and evidence E2 that promises a saving of the log's first weeks. */
async function recordReport() {
  const { workspaceId, userId } = ann;
  await createThread(web.db, { id: threadId, workspaceId, createdBy: userId, title: "Savings" });
  const at = new Date().toISOString();
  // 36 days of 20 calls of $0.007 and more: about six dollars; a third to a half of it is promised.
  const value = (key: string, usd: string) => ({
    segment: null,
    key,
    label: key,
    unit: "USD" as const,
    value: usd,
  });
  const evidence: Evidence = {
    id: randomUUID(),
    label: "E2",
    runId,
    stepId: randomUUID(),
    at,
    tool: "prompt-trim",
    what: "What shorter prompts would have saved",
    ground: "simulated",
    formula: null,
    sql: null,
    parameters: {},
    rowsRead: 1,
    elapsedMs: 1,
    catalogueVersion: "test",
    datasets: [{ id: datasetId, name: "log.csv", version: 1 }],
    assumptions: [],
    segmentLabel: null,
    values: [value("saving", "2.4"), value("low", "2"), value("high", "3")],
  };
  const report: Report = { ...fixture, runId, actions: [action, unknownSaving], at };
  await createThreadStore(web.db).applyEvents({ workspaceId, threadId }, [
    { seq: 1, at, event: { type: "evidence-recorded", evidence } },
    { seq: 2, at, event: { type: "report-written", report } },
  ]);
}

beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
  await importCalls(log.filter(({ time }) => time < now));
  await recordReport();
});
afterAll(() => web?.stop());

const change = (what: string, member = ann, id = action.id) =>
  member.post(path(id), { change: what });
const pageOf = async (id = action.id) =>
  (await (await ann.get(path(id))).text()).replaceAll("<!-- -->", "");
const stored = () =>
  findAction(web.db, { workspaceId: ann.workspaceId, threadId, actionId: action.id });

describe("an action of a report, over HTTP", () => {
  it("is proposed until somebody accepts it, and shows what it promises", async () => {
    const page = await pageOf();
    expect(page).toContain(action.title);
    expect(page).toContain(plainText([action.saving ?? ""]));
    expect(page).toMatch(/aria-current="step"[^>]*><span[^>]*>proposed/);
    expect(page).toContain('value="accept"');
    expect(await stored()).toBeNull();
  });

  it("cannot be done or verified before it is accepted", async () => {
    for (const what of ["done", "verify"]) {
      const refused = await change(what);
      expect(refused.status).toBe(409);
      expect(await refused.text()).toMatch(/first\./);
    }
    expect(await stored()).toBeNull();
  });

  it("keeps its promise when accepted, once, however often", async () => {
    await Promise.all([change("accept"), change("accept")]);
    const first = await stored();
    expect(first).toMatchObject({
      state: "accepted",
      feature: "assistant",
      savingLowUsd: "2.000000000000",
      savingHighUsd: "3.000000000000",
      datasets: [datasetId],
      evidence: ["E1", "E2"],
      doneAt: null,
    });
    await change("accept");
    expect(await stored()).toEqual(first);
    expect(await pageOf()).toMatch(/aria-current="step"[^>]*><span[^>]*>accepted/);
  });

  it("is done at the moment of the first time", async () => {
    await change("done");
    const first = await stored();
    expect(first?.state).toBe("done");
    await change("done");
    expect(await stored()).toEqual(first);
  });

  it("is too early to verify without later calls, and says how many are needed", async () => {
    await change("verify");
    expect((await stored())?.state).toBe("done");
    expect(await pageOf()).toMatch(/Too early: \d+ more calls needed/);
  });

  it("is verified once later calls have come, with an interval that holds what was planted", async () => {
    await importCalls(log.filter(({ time }) => time >= now));
    await change("verify");
    const found = await stored();
    expect(found?.state).toBe("verified");
    const page = await pageOf();
    expect(page).toContain("Kept: it saves");
    const values = (found?.verification as { draft: Evidence } | undefined)?.draft.values ?? [];
    const number = (key: string) => Number(values.find((value) => value.key === key)?.value);
    expect(number("realised_share_low")).toBeLessThan(50);
    expect(number("realised_share_high")).toBeGreaterThan(50);
    expect(number("weeks_after")).toBe(4);
    expect(page).toContain("How it was computed");
  });

  it("is linked from the report for members, and not for readers of a shared link", async () => {
    const shown = randomUUID();
    await recordWholeRun(web.db, ann, { threadId: shown, title: "Where it goes" });
    const thread = await (await ann.get(`/threads/${shown}`)).text();
    expect(thread).toContain(`href="/threads/${shown}/actions/${template?.id}"`);
    const made = await ann.post(`/threads/${shown}/manage`, { change: "share" });
    const [, link] = /value="http:\/\/[^"/]+(\/s\/[\w-]{43})"/.exec(await made.text()) ?? [];
    const shared = await (await fetch(`${web.origin}${link}`)).text();
    expect(shared).toContain(action.title);
    expect(shared).not.toContain("/actions/");
  });

  it("that promises nothing is not accepted, and the page says why", async () => {
    const refused = await change("accept", ann, unknownSaving.id);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain("promises no saving");
  });

  it("is another workspace's to nobody", async () => {
    expect((await bob.get(path())).status).toBe(404);
    for (const what of ["accept", "done", "verify"]) {
      expect((await change(what, bob)).status).toBe(404);
    }
    expect((await ann.get(path(randomUUID()))).status).toBe(404);
    expect((await ann.get(path("x'; DROP TABLE actions; --"))).status).toBe(404);
    expect((await ann.post(path(), { change: "everything" })).status).toBe(400);
    const foreign = await fetch(`${web.origin}${path()}`, {
      method: "POST",
      headers: { Origin: "https://elsewhere.example" },
    });
    expect(foreign.status).toBe(403);
  });
});
