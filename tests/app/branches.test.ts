import { describe, expect, it } from "vitest";
import { newestBranchOf } from "../../app/chat/thread-record.server";
import { emptyThreadView, type ThreadView } from "../../app/chat/thread-state";
import { readingOrder } from "../../app/chat/timeline";
import { branchOf, type Message } from "../../party/protocol";

type Question = Pick<Message, "id" | "parentId" | "ending">;
const q = (id: string, parentId?: string | null, ending: Message["ending"] = "complete") =>
  ({ id, ending, ...(parentId === undefined ? {} : { parentId }) }) satisfies Question;
const ids = (questions: Question[], chosen?: [string | null, string][]) =>
  branchOf(questions, new Map(chosen)).map(({ question }) => question.id);

describe("the branch to show", () => {
  it("RM43: is all of a thread from before versions", () => {
    expect(ids([q("a"), q("b"), q("c")])).toEqual(["a", "b", "c"]);
  });

  it("RM43: leads to the newest question, not to the newest version", () => {
    const thread = [q("a", null), q("b", "a"), q("b2", "a"), q("c", "b")];
    expect(ids(thread)).toEqual(["a", "b", "c"]);
    expect(branchOf(thread).map(({ versions }) => versions)).toEqual([["a"], ["b", "b2"], ["c"]]);
    expect(ids([...thread, q("d", "b2")])).toEqual(["a", "b2", "d"]);
  });

  it("RM43: shows a version that was chosen, and behind it the newest", () => {
    const thread = [q("a", null), q("b", "a"), q("a2", null), q("c", "a"), q("d", "a2")];
    expect(ids(thread)).toEqual(["a2", "d"]);
    expect(ids(thread, [[null, "a"]])).toEqual(["a", "c"]);
    expect(
      ids(thread, [
        [null, "a"],
        ["a", "b"],
      ]),
    ).toEqual(["a", "b"]);
    expect(ids(thread, [[null, "gone"]])).toEqual(["a2", "d"]);
  });

  it("RM41, RM43: leaves a withdrawn version out, and keeps a withdrawn question that others follow", () => {
    expect(ids([q("a", null), q("a2", null, "withdrawn")])).toEqual(["a"]);
    const thread = [q("a", null), q("b", "a", "withdrawn"), q("c", "b")];
    expect(ids(thread)).toEqual(["a", "b", "c"]);
    expect(ids([q("a", null), q("b", "a", "withdrawn")])).toEqual(["a", "b"]);
  });

  it("holds a line of 10,000 questions and a fork of 1,000 versions", () => {
    const line = Array.from({ length: 10_000 }, (_, place) =>
      q(`${place}`, place === 0 ? null : `${place - 1}`),
    );
    const versions = Array.from({ length: 1_000 }, (_, place) => q(`v${place}`, "9999"));
    const branch = branchOf([...line, ...versions]);
    expect(branch).toHaveLength(10_001);
    expect(branch.at(-1)?.question.id).toBe("v999");
    expect(branch.at(-1)?.versions).toHaveLength(1_000);
  }, 20_000);
});

function threadOf(questions: Question[]): ThreadView {
  const messages = questions.flatMap((question): Message[] => {
    const common = { writer: null, at: "2026-01-05T10:00:00.000Z", author: null };
    return [
      { ...common, ...question, role: "user", runId: null, text: [`asked ${question.id}`] },
      {
        ...common,
        id: `answer ${question.id}`,
        role: "assistant",
        ending: "complete",
        runId: `run ${question.id}`,
        text: [`answered ${question.id}`],
      },
    ];
  });
  const runs = questions.map(({ id }) => ({
    id: `run ${id}`,
    messageId: id,
    model: null,
    state: "completed" as const,
    reason: null,
    approvals: [],
    retried: false,
    resumptions: 0,
    startedAt: "2026-01-05T10:00:00.000Z",
    finishedAt: "2026-01-05T10:00:01.000Z",
    steps: [],
    skipped: [],
    modelCalls: [],
    streaming: [],
  }));
  return { ...emptyThreadView, messages, runs };
}

describe("a copy of the newest branch", () => {
  it("holds its questions and answers alone, and how many questions stand elsewhere", () => {
    const thread = threadOf([q("a", null), q("b", "a"), q("a2", null), q("w", "a", "withdrawn")]);
    const { record, elsewhere } = newestBranchOf(thread);
    expect(elsewhere).toBe(2);
    expect(record.messages.map(({ id }) => id)).toEqual(["a2", "answer a2"]);
    expect(record.runs.map(({ id }) => id)).toEqual(["run a2"]);
    expect(readingOrder(record)).toHaveLength(1);
  });

  it("is the whole thread where no question has versions", () => {
    const thread = threadOf([q("a", null), q("b", "a")]);
    expect(newestBranchOf(thread)).toEqual({ record: thread, elsewhere: 0 });
  });
});
