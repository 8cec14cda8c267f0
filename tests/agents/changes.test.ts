import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  finishImport,
  listBudgets,
  listChanges,
  listDatasets,
  listDeletedDatasets,
  startImport,
} from "../../db/postgres";
import { createWorkspaceChanges } from "../../party/adapters/changes";
import { createThreadStore } from "../../party/adapters/thread-store";
import type { ApprovalDecision } from "../../party/agents/core/crew";
import { readChange } from "../../party/agents/triage/changes";
import { decidedValues, plainText } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { onceBlindPhrasings } from "../eval/phrasings-once-blind";
import { onceHeldOutPhrasings } from "../eval/phrasings-once-held-out";
import { tunedPhrasings } from "../eval/phrasings-tuned";
import { startTestRecord, type TestRecord } from "../threads/record";
import { analyticsOf, ask, requestOf, type Scene, steps, storyCalls, type Told } from "./scene";

const datasets = [
  { id: randomUUID(), name: "March calls.csv" },
  { id: randomUUID(), name: "support export.jsonl" },
];
const march = { candidates: [datasets[0]], said: null };
const open = { candidates: datasets, said: null };

describe("a change that a message asks for", () => {
  it.each([
    ["Set a budget of 500 USD a month", { kind: "set-budget", usd: 500, alertPercent: null }],
    [
      "please set our monthly budget to $1,200 with an alert at 70 %",
      { usd: 1200, alertPercent: 70 },
    ],
    ["Can you set a $2k budget?", { usd: 2000 }],
    ["raise the budget to 750 dollars", { usd: 750 }],
    ["Alert us when we spend more than $500 a month", { kind: "set-budget", usd: 500 }],
    ["Set a budget", { kind: "set-budget", usd: null }],
    ["set a budget of -5 usd", { usd: -5 }],
    ["Set a budget of 500 EUR a month", { usd: null, otherMoney: true }],
    ["Remove the monthly budget", { kind: "remove-budget" }],
    ["Keep March calls.csv for 30 days", { kind: "set-retention", days: 30, dataset: march }],
    ["keep dataset march for two weeks", { days: 14, dataset: march }],
    ["Set the retention of the dataset march calls to 3 months", { days: 90, dataset: march }],
    ["keep our data forever", { kind: "set-retention", days: "for-good", dataset: open }],
    ["delete calls older than 90 days", { kind: "set-retention", days: 90, dataset: open }],
    ["Keep dataset nowhere.csv for 30 days", { dataset: { candidates: [], said: "nowhere.csv" } }],
    ["Delete dataset March calls.csv", { kind: "delete-dataset", dataset: march }],
    [
      'please delete "support export.jsonl"',
      { kind: "delete-dataset", dataset: { candidates: [datasets[1]] } },
    ],
    ["remove the march dataset", { kind: "delete-dataset", dataset: march }],
    ["Delete the dataset", { kind: "delete-dataset", dataset: open }],
    ["delete dataset 0190a000-0000-7000-8000-0000000000d1", { dataset: { candidates: [] } }],
  ])("reads %j", (message, expected) => {
    expect(readChange(message, datasets)).toMatchObject(expected);
  });

  it.each([
    "We have a budget of 500 USD a month: will we stay within it?",
    "Reduce cost to fit a budget of 500 USD",
    "Should we delete the dataset?",
    "What would a budget of $500 mean?",
    "Remove dataset March calls.csv from this report",
    "Keep latency below 500 ms for 30 days",
    "delete retries",
    "How long do we keep data?",
    "When do we cross the budget of 300 USD?",
  ])("leaves %j a question", (message) => {
    expect(readChange(message, datasets)).toBeNull();
  });

  it("is never about a dataset that only shares everyday words with the message", () => {
    const named = [...datasets, { id: randomUUID(), name: "Demo: 30 days of calls" }];
    expect(readChange("Keep the dataset for 10 days", named)).toMatchObject({
      dataset: { candidates: named, said: null },
    });
    expect(readChange("Keep latency below 500 ms for 30 days", named)).toBeNull();
    expect(readChange("delete the demo dataset", named)).toMatchObject({
      dataset: { candidates: [named[2]] },
    });
    expect(readChange("keep Demo: 30 days of calls for 7 days", named)).toMatchObject({
      days: 7,
      dataset: { candidates: [named[2]] },
    });
  });

  it("is read into no phrasing of a question", () => {
    const texts = [...tunedPhrasings, ...onceBlindPhrasings, ...onceHeldOutPhrasings].map(
      ({ text }) => text,
    );
    expect(texts.length).toBeGreaterThan(120);
    expect(texts.filter((text) => readChange(text, datasets) !== null)).toEqual([]);
  });
});

describe("a change, from the message to its effect", () => {
  let record: TestRecord;
  beforeAll(async () => {
    record = await startTestRecord();
  });
  afterAll(() => record?.stop());

  /** A workspace of its own with one dataset of the story's calls, and a crew that can change it. */
  async function newScene(name: string = randomUUID()) {
    const { db } = record;
    const owner = await record.person(name);
    const { workspaceId, userId } = owner;
    const datasetId = randomUUID();
    const calls = storyCalls();
    await startImport(db, {
      id: datasetId,
      workspaceId,
      dataset: { id: datasetId, name: "March calls.csv", source: "import" },
      fileName: "March calls.csv",
      fileBytes: null,
      options: {},
      createdBy: userId,
    });
    await finishImport(db, {
      workspaceId,
      importId: datasetId,
      state: "completed",
      receipt: null,
      problem: null,
      bytesRead: 0,
      rowsAccepted: calls.length,
      rowsRejected: 0,
      firstCallAt: new Date(calls[0]?.time ?? 0),
      lastCallAt: new Date(calls.at(-1)?.time ?? 0),
    });
    const store = createThreadStore(db);
    const scene: Scene = {
      calls,
      analytics: analyticsOf(memorySource([{ workspaceId, datasetId, calls }])),
      datasets: await store.listDatasets(workspaceId),
      changes: createWorkspaceChanges(db),
      clock: { now: () => Date.UTC(2026, 2, 20, 12), sleep: async () => {} },
    };
    const by = { id: userId, name };
    const asking = (text: string) => {
      const request = requestOf(text, { workspaceId });
      return { request, told: ask(text, scene, { request }) };
    };
    return { db, owner, workspaceId, datasetId, scene, by, asking };
  }

  type Asked = ReturnType<Awaited<ReturnType<typeof newScene>>["asking"]>;

  /** What follows when somebody decides, over JSON as through the room's storage. */
  async function decide(
    { request, told }: Asked,
    scene: Scene,
    given: Pick<ApprovalDecision, "decision" | "by"> & { values?: ApprovalDecision["values"] },
  ): Promise<Told> {
    const asked = (await told).outputs.at(-1);
    if (asked?.kind !== "approval") throw new Error("it asked for no approval");
    const decided = decidedValues(asked.approval, given.decision, given.values);
    if (!decided.ok) throw new Error(`${decided.field} ${decided.problem}`);
    return ask(request.message.text, scene, {
      request: {
        ...request,
        nextEvidence: (await told).evidence.length + 1,
        checkpoint: JSON.parse(JSON.stringify(asked.state)),
        approval: { ...given, approvalId: asked.approval.id, values: decided.values },
      },
    });
  }

  /** What is refused changes nothing, so that one workspace does for all of it. */
  let refusing: ReturnType<typeof newScene> | undefined;
  const answer = ({ message }: Told) => plainText(message?.text ?? []);

  it("asks first, and changes nothing before somebody has decided", async () => {
    const { db, workspaceId, asking } = await newScene();
    const told = await asking("Set a budget of 500 USD a month for search").told;
    expect(told.finished).toBeNull();
    const asked = told.outputs.at(-1);
    if (asked?.kind !== "approval") throw new Error("it asked for no approval");
    expect(asked.approval).toMatchObject({
      title: "Set the monthly budget of search.",
      roles: ["owner", "admin"],
      fields: [
        { name: "amountUsd", value: 500, min: 0.01 },
        { name: "alertPercent", value: 80, whole: true },
      ],
    });
    expect(await listBudgets(db, { workspaceId })).toEqual([]);
  });

  it("sets the budget as it was edited, says who approved it, and skips what needs no work", async () => {
    const { db, workspaceId, scene, by, asking } = await newScene("Ada");
    const asked = asking("Set a monthly budget of $500 with an alert at 70%");
    const told = await decide(asked, scene, {
      decision: "edit",
      values: { amountUsd: 300.5 },
      by,
    });
    expect(await listBudgets(db, { workspaceId })).toMatchObject([
      { feature: "", amountUsd: "300.50", alertPercent: 70 },
    ]);
    expect(answer(told)).toMatch(
      /^The monthly budget of the workspace is \$300\.50; everybody is told at 70 % of it.*Approved by Ada, done at 20\d\d-/,
    );
    expect(steps(told)).toEqual([
      "actions completed",
      "data skipped",
      "optimization skipped",
      "reporting skipped",
      "supervisor completed",
    ]);
    expect(told.evidence.at(-1)?.values).toMatchObject([
      { key: "budget", value: "300.50" },
      { key: "alert", value: "70" },
      { key: "at", unit: "date" },
    ]);
    expect(await listChanges(db, { workspaceId, limit: 5 })).toMatchObject([
      { byName: "Ada", body: { kind: "set-budget", amountUsd: 300.5 } },
    ]);
  });

  it("a rejected one leaves nothing", async () => {
    const { db, workspaceId, scene, by, asking } = await newScene("Ada R");
    const told = await decide(asking("Delete dataset March calls.csv"), scene, {
      decision: "reject",
      by,
    });
    expect(answer(told)).toBe("Nothing was changed: Ada R rejected it.");
    expect(await listDatasets(db, { workspaceId })).toHaveLength(1);
    expect(await listChanges(db, { workspaceId, limit: 5 })).toEqual([]);
  });

  it("says before what would go, and a process that dies after the effect repeats it harmlessly", async () => {
    const { db, workspaceId, datasetId, scene, by, asking } = await newScene();
    const asked = asking("Keep March calls.csv for 10 days");
    const request = (await asked.told).outputs.at(-1);
    if (request?.kind !== "approval") throw new Error("it asked for no approval");
    // 2026-03-10T00:00Z and before: nine days of the story's sixteen.
    const old = storyCalls().filter(({ time }) => time < Date.UTC(2026, 2, 10)).length;
    expect(request.approval.reason).toMatch(
      new RegExp(`${old} calls that cost \\$[\\d.]+ would go at once\\. \\(E\\d\\)`),
    );
    for (const _ of [1, 2, 3]) {
      const told = await decide(asked, scene, { decision: "approve", by });
      expect(answer(told)).toContain("are kept for 10 days");
    }
    expect(await listDatasets(db, { workspaceId })).toMatchObject([
      { id: datasetId, retentionDays: 10 },
    ]);
    expect(await listChanges(db, { workspaceId, limit: 5 })).toHaveLength(1);
  });

  it("deletes the dataset for every list at once, and keeps it to be restored", async () => {
    const { db, workspaceId, datasetId, scene, by, asking } = await newScene();
    const asked = asking("Delete dataset March calls.csv");
    const again = asking("Keep March calls.csv for 30 days");
    await again.told;
    const told = await decide(asked, scene, { decision: "approve", by });
    expect(answer(told)).toContain("The dataset March calls.csv is deleted.");
    expect(await listDatasets(db, { workspaceId })).toEqual([]);
    expect(await listDeletedDatasets(db, { workspaceId })).toMatchObject([{ id: datasetId }]);
    const late = await decide(again, scene, { decision: "approve", by });
    expect(late.finished).toMatchObject({ state: "completed" });
    expect(answer(late)).toBe(
      "Nothing was changed. Dataset: this workspace has none like that any more.",
    );
  });

  it("is refused when who approved it has lost the right, or was never of the workspace", async () => {
    const { db, workspaceId, scene, by, asking } = await newScene("Ada L");
    const asked = asking("Set a budget of 500 USD a month");
    await asked.told;
    await db.write((sql) =>
      sql.execute(raw`update memberships set role = 'member' where user_id = ${by.id}`),
    );
    expect(answer(await decide(asked, scene, { decision: "approve", by }))).toBe(
      "Nothing was changed. Decided by: Ada L is member now; this needs the role owner or admin.",
    );
    const { userId } = await record.person("stranger");
    const other = asking("Set a budget of 400 USD a month");
    const told = await decide(other, scene, {
      decision: "approve",
      by: { id: userId, name: "stranger" },
    });
    expect(answer(told)).toMatch(/^Nothing was changed. Decided by: stranger is no member/);
    expect(await listBudgets(db, { workspaceId })).toEqual([]);
  });

  it.each([
    ["Set a budget of -5 USD a month", "Budget: must be at least 0.01."],
    ["Set a budget of 99000000000 USD a month", "Budget: must be at most 1000000000."],
    ["Set a budget of 500 USD a month with an alert at 250 %", "Alert at: must be at most 100."],
    ["Set a budget", "Budget: say how many USD a month"],
    ["Set a budget of 500 EUR a month", "Budget: must be an amount of USD"],
    ["Set a budget of 500 USD a month for the feature nowhere", "Feature: the log has no calls of"],
    ["Keep March calls.csv for 0 days", "Days: must be at least 1."],
    ["Keep March calls.csv for 99999 days", "Days: must be at most 3650."],
    ["Set the retention of March calls.csv", "Days: say for how many days"],
    [
      "Delete dataset nowhere.csv",
      "Dataset: this workspace has no “nowhere.csv”; it has March calls.csv",
    ],
  ])("refuses %j and names the field", async (message, refusal) => {
    refusing ??= newScene();
    const { db, workspaceId, asking } = await refusing;
    const told = await asking(message).told;
    expect(told.finished).toMatchObject({ state: "completed" });
    expect(answer(told)).toContain(`Nothing was changed. ${refusal}`);
    expect(await listChanges(db, { workspaceId, limit: 5 })).toEqual([]);
  });

  it("knows nothing of another workspace's dataset, neither by name nor by id, nor by order", async () => {
    const mine = await newScene();
    const theirs = await newScene();
    const told = await mine.asking(`Delete dataset ${theirs.datasetId}`).told;
    expect(answer(told)).toContain("Dataset: this workspace has no");
    const outcome = await mine.scene.changes?.apply({
      workspaceId: mine.workspaceId,
      id: randomUUID(),
      by: mine.by,
      runId: randomUUID(),
      change: { kind: "delete-dataset", datasetId: theirs.datasetId },
    });
    expect(outcome).toEqual({
      done: false,
      refusal: { field: "Dataset", problem: "this workspace has none like that any more" },
    });
    expect(await listDatasets(mine.db, { workspaceId: theirs.workspaceId })).toHaveLength(1);
  });

  it("two processes that carry out one approval at once make one change", async () => {
    const { db, workspaceId, scene, by } = await newScene();
    const order = {
      workspaceId,
      id: randomUUID(),
      by,
      runId: randomUUID(),
      change: { kind: "set-budget" as const, feature: "", amountUsd: 10, alertPercent: 80 },
    };
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => scene.changes?.apply(order)));
    expect(outcomes[0]).toMatchObject({ done: true });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect(await listChanges(db, { workspaceId, limit: 5 })).toHaveLength(1);
  });
});
