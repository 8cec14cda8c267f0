import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyThreadView, foldEvents } from "../../app/chat/thread-state";
import { activeRun, readingOrder } from "../../app/chat/timeline";
import { numberedEventSchema, type ThreadEvent } from "../../party/protocol";
import { ids, numbered, report, wholeRun } from "./report-fixture";

const events = numbered(wholeRun);
const whole = foldEvents(emptyThreadView, events).view;

describe("folding a thread's events", () => {
  it("uses events that the protocol accepts", () => {
    for (const event of events) expect(numberedEventSchema.parse(event)).toEqual(event);
  });

  it("ends with messages, run, tools, evidence, report and title", () => {
    expect(whole.lastSeq).toBe(wholeRun.length);
    expect(whole.title).toBe("Where the money goes");
    expect(whole.messages.map(({ id }) => id)).toEqual([ids.question, ids.answer]);
    expect(Object.keys(whole.evidence)).toEqual(["E1", "E2"]);
    expect(whole.reports[ids.run]).toEqual(report);
    const [run] = whole.runs;
    expect(run).toMatchObject({ state: "completed", model: null, resumptions: 0, streaming: [] });
    expect(run?.steps.map(({ agent, state }) => [agent, state])).toEqual([
      ["triage", "completed"],
      ["data", "completed"],
    ]);
    expect(run?.steps[1]?.tools).toMatchObject([
      { title: "Spend by model", state: "finished", evidence: "E1", elapsedMs: 34 },
      { title: "Latency", state: "failed", error: "ClickHouse did not answer within 30 s." },
    ]);
  });

  it("gives the same view whatever the batches and however often each comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: events.length }), { maxLength: 20 }),
        (cuts) => {
          let view = emptyThreadView;
          for (const cut of [...cuts.sort((a, b) => a - b), events.length]) {
            const start = Math.max(0, view.lastSeq - 2);
            const folded = foldEvents(view, events.slice(start, cut));
            expect(folded.gap).toBe(false);
            view = folded.view;
          }
          expect(view).toEqual(whole);
        },
      ),
    );
  });

  it("stops at a hole and says so", () => {
    const before = foldEvents(emptyThreadView, events.slice(0, 4)).view;
    const { view, gap } = foldEvents(before, events.slice(6));
    expect(gap).toBe(true);
    expect(view).toEqual(before);
  });

  it("leaves the view itself alone when nothing is new", () => {
    expect(foldEvents(whole, events).view).toBe(whole);
  });

  it("shows streamed text until the finished message takes its place", () => {
    const streaming = foldEvents(emptyThreadView, events.slice(0, 14)).view;
    expect(streaming.runs[0]?.streaming).toEqual(["The report is below."]);
    expect(foldEvents(streaming, events.slice(14, 15)).view.runs[0]?.streaming).toEqual([]);
  });
});

describe("a run that was interrupted", () => {
  const again: ThreadEvent[] = [
    ...wholeRun.slice(0, 6),
    { type: "text-delta", runId: ids.run, stepId: ids.data, text: ["half a sen"] },
    { type: "run-resumed", runId: ids.run, attempt: 1 },
    {
      type: "step-started",
      runId: ids.run,
      stepId: "01900000-0000-7000-8000-0000000000b3",
      agent: "data",
      reason: "Resumed.",
      writer: "rules",
    },
  ];

  it("marks the broken step and its tool, drops half a text, and names the repetition", () => {
    const [run] = foldEvents(emptyThreadView, numbered(again)).view.runs;
    expect(run?.resumptions).toBe(1);
    expect(run?.streaming).toEqual([]);
    expect(run?.steps.map(({ state, repeated }) => [state, repeated])).toEqual([
      ["completed", false],
      ["interrupted", false],
      ["running", true],
    ]);
    expect(run?.steps[1]?.tools[0]?.state).toBe("interrupted");
  });

  it("ends what still ran when it is cancelled", () => {
    const cancelled: ThreadEvent[] = [
      ...again,
      { type: "run-finished", runId: ids.run, state: "cancelled", reason: "Stopped by Ada." },
    ];
    const { view } = foldEvents(emptyThreadView, numbered(cancelled));
    expect(view.runs[0]).toMatchObject({ state: "cancelled", reason: "Stopped by Ada." });
    expect(view.runs[0]?.steps[2]?.state).toBe("stopped");
    expect(activeRun(view)).toBeNull();
  });
});

describe("reading order", () => {
  const second: ThreadEvent = {
    type: "message-added",
    message: {
      id: "01900000-0000-7000-8000-0000000000c3",
      role: "user",
      author: null,
      runId: null,
      text: ["And latency?"],
      writer: null,
      ending: "complete",
      at: "2026-03-01T10:00:03.000Z",
    },
  };

  it("queues a second question below the first one's answer", () => {
    const during = [...wholeRun.slice(0, 3), second, ...wholeRun.slice(3)];
    const { view: midway } = foldEvents(emptyThreadView, numbered(during).slice(0, 6));
    expect(readingOrder(midway).map(({ queued }) => queued)).toEqual([false, true]);

    const { view } = foldEvents(emptyThreadView, numbered(during));
    const [first, next] = readingOrder(view);
    expect(first?.answers.map(({ id }) => id)).toEqual([ids.answer]);
    expect(first?.report?.title).toBe(report.title);
    expect(next).toMatchObject({ run: null, queued: false, answers: [] });
  });
});
