import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { CrewOutput } from "../../party/agents/core/crew";
import { answerRequest } from "../../party/room/http";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { type HandSocket, Scene, send, settle, tell, visit } from "./scene";
import { type ScriptedRun, say, scriptedCrew, stepsFrom } from "./scripted-crew";

const never = () => new Promise<never>(() => {});
const retry = (runId: string, id: string = crypto.randomUUID()) => ({
  type: "run.retry",
  id,
  runId,
});

/** Breaks after one step the first `times` times, then does its work. */
function breaking(times: number) {
  const crew = scriptedCrew(async function* ({ request }: ScriptedRun): AsyncGenerator<CrewOutput> {
    for (const output of stepsFrom(request)) {
      yield output;
      const isCheckpoint = output.kind === "checkpoint" && output.state === 1;
      if (isCheckpoint && crew.runs.length <= times) throw new Error("broke");
    }
  });
  return crew;
}

const runsIn = (socket: HandSocket) =>
  socket.events.flatMap(({ event }) => (event.type === "run-started" ? [event] : []));
const endsIn = (socket: HandSocket) =>
  socket.events.flatMap(({ event }) => (event.type === "run-finished" ? [event.state] : []));
const last = (socket: HandSocket) => socket.messages.at(-1);

async function failedOnce(times = 1) {
  const scene = new Scene();
  const crew = breaking(times);
  scene.runCrew = crew.runCrew;
  const room = await scene.openRoom();
  const socket = await scene.join(room);
  const message = send("hello");
  await tell(room, socket, message);
  const failed = runsIn(socket)[0]?.runId ?? "";
  return { scene, crew, room, socket, message, failed };
}

describe("retrying a run", () => {
  it("RM42: a failed run gets a new run of the same message, which starts anew", async () => {
    const { scene, crew, room, socket, message, failed } = await failedOnce();
    expect(endsIn(socket)).toEqual(["failed"]);
    const again = retry(failed);
    await tell(room, socket, again);
    expect(socket.events.find(({ event }) => event.type === "run-retried")?.event).toEqual({
      type: "run-retried",
      id: again.id,
      runId: failed,
      messageId: message.id,
      attempt: 2,
      by: { id: scene.userId, name: "Ada" },
    });
    expect(runsIn(socket).map(({ messageId }) => messageId)).toEqual([message.id, message.id]);
    expect(new Set(runsIn(socket).map(({ runId }) => runId)).size).toBe(2);
    expect(endsIn(socket)).toEqual(["failed", "completed"]);
    expect(crew.runs.map(({ request }) => request.checkpoint)).toEqual([null, null]);
    expect(crew.runs[1]?.request.message).toEqual({ id: message.id, text: "hello" });
  });

  it("RM42: the same retry twice is one run, and the same answer", async () => {
    const { room, socket, failed } = await failedOnce();
    const again = retry(failed);
    await tell(room, socket, again);
    await tell(room, socket, again);
    expect(runsIn(socket)).toHaveLength(2);
    const acks = socket.messages.filter((frame) => frame.type === "ack" && frame.id === again.id);
    expect(acks).toHaveLength(2);
    expect(acks[0]).toEqual(acks[1]);
  });

  it("RM42: two people retry at once: one new run, the other is told", async () => {
    const { scene, room, socket, failed } = await failedOnce();
    const other = await scene.join(room);
    await Promise.all([tell(room, socket, retry(failed)), tell(room, other, retry(failed))]);
    expect(runsIn(socket)).toHaveLength(2);
    expect(other.messages).toContainEqual(
      expect.objectContaining({ type: "refusal", code: "cannot-retry", retry: false }),
    );
  });

  it("RM42: a retry that fails as well may be retried; only the last run of a message may", async () => {
    const { room, socket, failed } = await failedOnce(2);
    await tell(room, socket, retry(failed));
    const second = runsIn(socket)[1]?.runId ?? "";
    await tell(room, socket, retry(failed));
    expect(last(socket)).toMatchObject({ type: "refusal", code: "cannot-retry" });
    await tell(room, socket, retry(second));
    expect(endsIn(socket)).toEqual(["failed", "failed", "completed"]);
    const attempts = socket.events.flatMap(({ event }) =>
      event.type === "run-retried" ? [event.attempt] : [],
    );
    expect(attempts).toEqual([2, 3]);
  });

  it("RM42: a stopped run may be retried; one that is on, completed or unknown may not", async () => {
    const scene = new Scene();
    scene.runCrew = scriptedCrew(async function* ({ request: { runId, message }, signal }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      yield say({ type: "run-finished", runId, state: "cancelled", reason: "Stopped." });
    }).runCrew;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("hello"));
    const stopped = runsIn(socket)[0]?.runId ?? "";
    await tell(room, socket, retry(stopped));
    expect(last(socket)).toMatchObject({ code: "cannot-retry" });
    await tell(room, socket, { type: "run.cancel", runId: stopped });
    scene.runCrew = breaking(0).runCrew;
    await tell(room, socket, retry(stopped));
    expect(endsIn(socket)).toEqual(["cancelled", "completed"]);
    for (const runId of [runsIn(socket)[1]?.runId ?? "", crypto.randomUUID()]) {
      await tell(room, socket, retry(runId));
      expect(last(socket)).toMatchObject({ type: "refusal", code: "cannot-retry" });
    }
  });

  it("RM5, RM42: a retry waits its turn behind what waits already", async () => {
    const { scene, crew, room, socket, failed } = await failedOnce();
    let letGo = () => {};
    scene.runCrew = async function* (request, signal) {
      if (request.message.text === "slow") await new Promise<void>((go) => (letGo = go));
      yield* crew.runCrew(request, signal);
    };
    await tell(room, socket, send("slow"));
    await tell(room, socket, send("next"));
    await tell(room, socket, retry(failed));
    letGo();
    await settle();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual([
      "hello",
      "slow",
      "next",
      "hello",
    ]);
  });

  it("RM8, RM42: a run that was given up after five resumptions can be retried, over a crash, too", async () => {
    const scene = new Scene();
    const disk = new MemoryRoomStorage();
    scene.storage = disk;
    scene.runCrew = scriptedCrew(async function* ({ request: { runId, message } }) {
      yield say({ type: "run-started", runId, messageId: message.id, model: null });
      await never();
    }).runCrew;
    const first = await scene.openRoom();
    await tell(first, await scene.join(first), send("hello"));
    for (let life = 0; life <= ATTEMPTS_MAX; life++) {
      await scene.openRoom();
      await settle();
    }
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    expect(endsIn(socket)).toEqual(["failed"]);
    await tell(room, socket, retry(runsIn(socket)[0]?.runId ?? ""));
    expect(runsIn(socket)).toHaveLength(2);
    scene.runCrew = breaking(0).runCrew;
    const next = await scene.openRoom();
    await settle();
    const late = await scene.join(next);
    expect(endsIn(late)).toEqual(["failed", "completed"]);
    expect(late.events.filter(({ event }) => event.type === "run-resumed").at(-1)?.event).toEqual(
      expect.objectContaining({ runId: runsIn(late)[1]?.runId, attempt: 1 }),
    );
  });

  it("RM12, RM21, RM42: over HTTP as by socket; a viewer is refused", async () => {
    const { scene, room, socket, failed } = await failedOnce();
    const post = async (role: "member" | "viewer") =>
      answerRequest(
        room,
        visit("", {
          method: "POST",
          bearer: await scene.ticket({ role }),
          body: JSON.stringify(retry(failed)),
        }),
      );
    expect(await post("viewer")).toMatchObject({ status: 403, body: { code: "not-allowed" } });
    expect(await post("member")).toMatchObject({ status: 200, body: { type: "ack" } });
    expect(await post("member")).toMatchObject({ status: 409, body: { code: "cannot-retry" } });
    await settle();
    expect(endsIn(socket)).toEqual(["failed", "completed"]);
  });
});
