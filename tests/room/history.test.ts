import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { CrewOutput, CrewRequest, Turn } from "../../party/agents/core/crew";
import type { Message, ThreadEvent } from "../../party/protocol";
import { EVIDENCE_CHARACTERS_MAX, TURNS_MAX } from "../../party/room/history";
import { Scene, send, settle, tell } from "./scene";
import { evidence, say, scriptedCrew } from "./scripted-crew";

/** What each run was told, by the text of its message; asked after `run-started`, as the crew does. */
function scene({ bulk = "" } = {}) {
  const place = new Scene();
  const told = new Map<string, readonly Turn[]>();
  place.runCrew = scriptedCrew(async function* (run): AsyncGenerator<CrewOutput> {
    const { runId, message, nextEvidence } = run.request;
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    told.set(message.text, (await run.request.history?.()) ?? []);
    const found = evidence(runId, crypto.randomUUID(), nextEvidence);
    if (found.type === "evidence-recorded") found.evidence.parameters = { bulk };
    yield say(found);
    yield say({
      ...{ type: "step-finished", runId, stepId: crypto.randomUUID(), agent: "triage" },
      ...{ outcome: "completed", summary: [], reason: null, elapsedMs: 1 },
      result: { read: message.text },
    });
    if (message.text === "breaks") throw new Error("the crew broke");
    if (message.text === "asks" && !run.request.approval) {
      const approval = {
        id: crypto.randomUUID(),
        title: "Go on?",
        reason: "It was planned.",
        fields: [],
        roles: ["member" as const],
      };
      yield { kind: "approval", approval, state: 0 };
      return;
    }
    yield say(answer(run.request));
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
  }).runCrew;
  return { place, told };
}

function answer({ runId, message, nextEvidence }: CrewRequest): ThreadEvent {
  const figure = { evidence: `E${nextEvidence}`, segment: null, key: "spend", text: "$4.00" };
  const text: Message["text"] = [`answer to ${message.text}: `, figure];
  return {
    type: "message-added",
    message: {
      id: crypto.randomUUID(),
      role: "assistant",
      author: null,
      runId,
      text,
      writer: "rules",
      ending: "complete",
      at: "2026-01-05T10:00:00.000Z",
    },
  };
}

const summary = (turns: readonly Turn[] | undefined) =>
  turns?.map(({ question, state, evidence }) => {
    return `${question} ${state} ${evidence.map(({ label }) => label).join(" ")}`.trim();
  });
const edit = (replaces: string, text: string) => ({
  type: "message.edit",
  id: crypto.randomUUID(),
  replaces,
  text,
});

describe("the history of a branch", () => {
  it("RM45: a run is told the questions, answers and evidence that lead to it, oldest first", async () => {
    const { place, told } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    for (const text of ["one", "two", "three"]) await tell(room, socket, send(text));
    expect(told.get("one")).toEqual([]);
    expect(summary(told.get("three"))).toEqual(["one completed E1", "two completed E2"]);
    expect(told.get("three")?.[1]).toMatchObject({
      at: "2026-01-05T10:00:00.000Z",
      answer: ["answer to two: ", { evidence: "E2", key: "spend", text: "$4.00" }],
      report: null,
      results: { triage: { read: "two" } },
      evidence: [{ label: "E2", tool: "totals", what: "Everything" }],
    });
  });

  it("RM43, RM45: nothing of another branch is told, and an older branch is found behind newer ones", async () => {
    const { place, told } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    const [first, second] = [send("first"), send("second")];
    await tell(room, socket, first);
    await tell(room, socket, second);
    await tell(room, socket, edit(second.id, "second again"));
    await tell(room, socket, edit(first.id, "first again"));
    await tell(room, socket, send("behind first again"));
    await tell(room, socket, { ...send("behind second"), after: second.id });
    expect(summary(told.get("second again"))).toEqual(["first completed E1"]);
    expect(summary(told.get("first again"))).toEqual([]);
    expect(summary(told.get("behind first again"))).toEqual(["first again completed E4"]);
    expect(summary(told.get("behind second"))).toEqual([
      "first completed E1",
      "second completed E2",
    ]);
  });

  it("RM45: a turn that failed is told as failed, one that was retried by its last run, one that waits as open", async () => {
    const { place, told } = scene();
    const room = await place.openRoom();
    const socket = await place.join(room);
    await tell(room, socket, send("breaks"));
    await tell(room, socket, send("asks"));
    await tell(room, socket, send("after"));
    expect(summary(told.get("after"))).toEqual(["breaks failed E1", "asks open E2"]);
    const broken = told.get("after")?.[0]?.runId;
    const before = place.runCrew;
    place.runCrew = scriptedCrew(function* ({ request }) {
      yield say({
        type: "run-started",
        runId: request.runId,
        messageId: request.message.id,
        model: null,
      });
      yield say(answer(request));
      yield say({ type: "run-finished", runId: request.runId, state: "completed", reason: null });
    }).runCrew;
    await tell(room, socket, { type: "run.retry", id: crypto.randomUUID(), runId: broken });
    place.runCrew = before;
    await tell(room, socket, send("at last"));
    const turns = told.get("at last");
    expect(summary(turns)).toEqual(["breaks completed E1", "asks open E2", "after completed E3"]);
    expect(turns?.[0]?.runId).not.toBe(broken);
    expect(turns?.[0]?.answer[0]).toBe("answer to breaks: ");
  });

  it("RM41, RM45: what was withdrawn is no part of it", async () => {
    const { place, told } = scene();
    const quick = place.runCrew;
    let letGo = () => {};
    place.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await new Promise<void>((resolve) => (letGo = resolve));
      yield say({ type: "run-finished", runId, state: "completed", reason: null });
    }).runCrew;
    const room = await place.openRoom();
    const socket = await place.join(room);
    const withdrawn = send("withdrawn");
    await tell(room, socket, send("slow"));
    place.runCrew = quick;
    await tell(room, socket, withdrawn);
    await tell(room, socket, { ...send("behind it"), after: withdrawn.id });
    await tell(room, socket, { type: "message.withdraw", messageId: withdrawn.id });
    letGo();
    await settle();
    expect(summary(told.get("behind it"))).toEqual(["slow completed"]);
  });

  it("RM45: is bounded to ten turns, and keeps the newest evidence", async () => {
    const { place, told } = scene({ bulk: "x".repeat(EVIDENCE_CHARACTERS_MAX / 3) });
    const room = await place.openRoom();
    const socket = await place.join(room);
    for (let number = 1; number <= TURNS_MAX + 2; number++) {
      await tell(room, socket, send(`question ${number}`));
    }
    const turns = told.get(`question ${TURNS_MAX + 2}`) ?? [];
    expect(turns.map(({ question }) => question)).toEqual(
      Array.from({ length: TURNS_MAX }, (_, index) => `question ${index + 2}`),
    );
    expect(turns.map(({ evidence }) => evidence.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(JSON.stringify(turns.flatMap(({ evidence }) => evidence)).length).toBeLessThanOrEqual(
      EVIDENCE_CHARACTERS_MAX,
    );
  });

  it("RM43, RM45: a thread from before versions is one branch", async () => {
    const { place, told } = scene();
    const disk = new MemoryRoomStorage();
    place.storage = disk;
    const earlier = await place.openRoom();
    const socket = await place.join(earlier);
    await tell(earlier, socket, send("one"));
    await tell(earlier, socket, send("two"));
    for (const [key, value] of disk.entries) {
      if (!key.startsWith("ev:")) continue;
      const json = new TextDecoder().decode(value as Uint8Array);
      disk.entries.set(
        key,
        new TextEncoder().encode(json.replaceAll(/,"parentId":(null|"[^"]*")/g, "")),
      );
    }
    disk.entries.delete("recent");
    const room = await place.openRoom();
    await tell(room, await place.join(room), send("three"));
    expect(summary(told.get("three"))).toEqual(["one completed E1", "two completed E2"]);
  });
});
