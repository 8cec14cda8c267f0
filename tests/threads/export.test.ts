import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { downloadHeaders, exportOf, markdownExport } from "../../app/chat/export-thread.server";
import { readThreadRecord } from "../../app/chat/thread-record.server";
import { foldSnapshot } from "../../app/chat/thread-state";
import { findThread, recordThread, type SignedIn, type Thread } from "../../db/postgres";
import { createThreadStore } from "../../party/adapters/thread-store";
import { evidenceSchema, messageSchema, reportSchema } from "../../party/protocol";
import { report, spend, swap } from "../app/report-fixture";
import { startTestRecord, type TestRecord } from "./record";
import { recordWholeRun } from "./whole-run";

let record: TestRecord;
let ann: SignedIn;
let thread: Thread;
const threadId = randomUUID();
beforeAll(async () => {
  record = await startTestRecord();
  ann = await record.person("ann");
  await recordWholeRun(record.db, ann, { threadId, title: "x" });
  const key = { workspaceId: ann.workspaceId, threadId };
  const title = "Where *it* goes [x](http://evil)";
  await recordThread(record.db, key, [{ kind: "thread-titled", title, source: "human" }]);
  const found = await findThread(record.db, key);
  if (!found) throw new Error("no thread");
  thread = found;
});
afterAll(() => record?.stop());

const whole = () => readThreadRecord(record.db, { workspaceId: ann.workspaceId, threadId });

it("JSON holds messages, runs, reports and evidence as the protocol has them", async () => {
  const view = await whole();
  const exported = JSON.parse(JSON.stringify(exportOf(thread, view)));
  expect(exported).toMatchObject({ format: "netra-thread", version: 1, thread: { id: threadId } });
  expect(messageSchema.array().parse(exported.messages)).toEqual(view.messages);
  expect(reportSchema.array().parse(exported.reports)).toEqual([report]);
  const evidence = evidenceSchema.array().parse(exported.evidence);
  expect(evidence.map(({ label }) => label)).toEqual([spend.label, swap.label]);
  expect(evidence[0]?.values).toEqual(spend.values);
  expect(exported.runs).toMatchObject([{ id: report.runId, state: "completed" }]);
  expect(exported.runs[0].steps.length).toBeGreaterThan(0);
});

it("Markdown cites every figure and ends with the evidence it cites", async () => {
  const text = markdownExport(thread, await whole());
  expect(text).toContain("# Where \\*it\\* goes \\[x\\](http\\://evil)");
  expect(text).toMatch(/\$[\d.]+ \[E1\]/);
  const [body = "", appendix = ""] = text.split("\n## Evidence\n");
  const cited = new Set([...body.matchAll(/ \[(E\d+)\]/g)].map(([, label]) => label));
  expect(cited.size).toBeGreaterThan(0);
  for (const label of cited) expect(appendix).toContain(`### ${label}: `);
  expect(appendix).toContain("Formula: sum(cost\\_usd) by model");
  expect(appendix).toContain("```sql\nSELECT model");
  expect(body).not.toMatch(/(?<!\\)<img/);
  expect(body).toContain("\\<img src=x");
});

it("a skipped step stands in the record, told once, with its reason", async () => {
  const skipped = { runId: report.runId, agent: "actions" as const, reason: "Nothing [saves](x)." };
  const event = { seq: 90, at: report.at, event: { type: "step-skipped" as const, ...skipped } };
  const key = { workspaceId: ann.workspaceId, threadId };
  for (const _ of [1, 2]) await createThreadStore(record.db).applyEvents(key, [event]);
  const view = await whole();
  const live = foldSnapshot(
    { ...view, runs: view.runs.map((run) => ({ ...run, skipped: [] })) },
    {
      seq: 90,
      events: [event],
    },
  );
  expect(live.runs[0]?.skipped).toHaveLength(1);
  expect(view.runs[0]?.skipped).toEqual(live.runs[0]?.skipped);
  expect(exportOf(thread, view).runs[0]?.skipped).toEqual(live.runs[0]?.skipped);
  expect(markdownExport(thread, view)).toContain("_actions skipped: Nothing \\[saves\\](x)._");
});

it("is saved under a name that no title can break out of", () => {
  const name = (title: string) =>
    downloadHeaders({ ...thread, title }, { ending: "md", type: "text/markdown" })[
      "Content-Disposition"
    ];
  expect(name("Spend by model")).toBe('attachment; filename="netra-spend-by-model.md"');
  expect(name('a"; filename="../../x\r\n.exe')).toBe(
    'attachment; filename="netra-a-filename-x-exe.md"',
  );
  expect(name("日本語")).toBe('attachment; filename="netra-thread.md"');
});
