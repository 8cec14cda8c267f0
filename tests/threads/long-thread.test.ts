import { expect, it } from "vitest";
import { questionsAsked, SHOWN_AT_FIRST } from "../../app/chat/earlier-questions";
import { latestOf } from "../../app/chat/thread-record.server";
import { emptyThreadView, foldEvents, type ThreadView } from "../../app/chat/thread-state";
import { readingOrder } from "../../app/chat/timeline";
import { numbered, wholeRun } from "../app/report-fixture";

/** The fixture's run so many times, each with ids and evidence labels of its own. */
function longThread(questions: number): ThreadView {
  const events = Array.from({ length: questions }, (_, place) => {
    const own = JSON.stringify(wholeRun)
      .replaceAll(
        "01900000-0000-7000-8000-",
        `01900000-0000-7000-8${String(place).padStart(3, "0")}-`,
      )
      .replaceAll(/"E([12])"/g, (_label, number) => `"E${place * 2 + Number(number)}"`);
    return JSON.parse(own);
  }).flat();
  const asked = events.flatMap(({ message }) => (message?.role === "user" ? [message] : []));
  for (const [place, message] of asked.entries()) {
    message.parentId = asked[place - 1]?.id ?? null;
  }
  const { view, gap } = foldEvents(emptyThreadView, numbered(events));
  if (gap || view.messages.length < questions) throw new Error("not folded");
  return view;
}

it("a page holds the last questions whole, and says how many stand before them", () => {
  const whole = longThread(50);
  const { record, earlier } = latestOf(whole, 20);
  expect(earlier).toBe(30);
  expect(readingOrder(record)).toEqual(readingOrder(whole).slice(-20));
  expect(Object.keys(record.evidence)).toHaveLength(40);
  expect(JSON.stringify(record).length).toBeLessThan(JSON.stringify(whole).length * 0.45);
});

it("evidence of an earlier run stays where a later text cites it", () => {
  const whole = longThread(3);
  const cites = whole.messages.map((message) =>
    message.role === "assistant"
      ? { ...message, text: [{ evidence: "E1", segment: null, key: "cost", text: "$96.79" }] }
      : message,
  );
  const { record } = latestOf({ ...whole, messages: cites }, 1);
  expect(Object.keys(record.evidence)).toEqual(["E1", "E5", "E6"]);
});

it("a short thread is held whole", () => {
  const whole = longThread(3);
  expect(latestOf(whole, 20)).toEqual({ record: whole, earlier: 0 });
});

it.each([
  ["", SHOWN_AT_FIRST],
  ["show=60", 60],
  ["show=-1", SHOWN_AT_FIRST],
  ["show=1e9", 10_000],
  ["show=NaN", SHOWN_AT_FIRST],
  ["show=1.5", SHOWN_AT_FIRST],
])("an address with %j asks for %i questions", (query, count) => {
  expect(questionsAsked(new URLSearchParams(query))).toBe(count);
});
