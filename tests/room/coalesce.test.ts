import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { ThreadEvent } from "../../party/protocol";
import { addJoined, EventWriter } from "../../party/room/coalesce";
import { RoomWriteError } from "../../party/room/errors";
import { EventLog } from "../../party/room/event-log";
import { COALESCE_AT_MOST_MS, COALESCE_MS, Pace } from "../../party/room/pace";
import { HeldClock, settle, TroubledStorage } from "./scene";

const runId = crypto.randomUUID();
const delta = (text: string, stepId = "00000000-0000-4000-8000-000000000001"): ThreadEvent => ({
  type: "text-delta",
  runId,
  stepId,
  text: [text],
});

async function writing(clock = new HeldClock(), pace = new Pace()) {
  const storage = new TroubledStorage(new MemoryRoomStorage());
  const log = await EventLog.open(storage, clock);
  const shown: string[][] = [];
  log.onWritten((events) => {
    shown.push(
      events.map(({ event }) => (event.type === "text-delta" ? event.text.join("|") : event.type)),
    );
  });
  return { clock, pace, storage, shown, writer: new EventWriter(log, clock, pace) };
}

describe("coalescing", () => {
  it("RM17: the first piece goes at once, later ones share a write about 15 ms on", async () => {
    const { clock, shown, writer } = await writing();
    await writer.add(delta("The "));
    expect(shown).toEqual([["The "]]);
    for (const piece of ["cost ", "is ", "high"]) await writer.add(delta(piece));
    await clock.advance(COALESCE_MS - 1);
    expect(shown).toEqual([["The "]]);
    await clock.advance(1);
    expect(shown).toEqual([["The "], ["cost is high"]]);
  });

  it("RM17: a slow write in one room widens the wait in all, up to 250 ms; time narrows it again", async () => {
    const { clock, pace, storage, writer } = await writing();
    const other = await writing(clock, pace);
    const slowly = async (ms: number) => {
      storage.mood = "hang";
      const slow = writer.add({ type: "thread-titled", title: "Slow", source: "rule" });
      await settle();
      await clock.advance(ms);
      await storage.release();
      await slow;
    };
    await slowly(60);
    await other.writer.add(delta("a"));
    await other.writer.add(delta("b"));
    await clock.advance(119);
    expect(other.shown).toEqual([["a"]]);
    await clock.advance(1);
    expect(other.shown).toEqual([["a"], ["b"]]);
    // Ten half-lives later.
    await clock.advance(5_000);
    await other.writer.add(delta("c"));
    await clock.advance(0);
    await other.writer.add(delta("d"));
    await clock.advance(COALESCE_MS + 1);
    expect(other.shown.slice(-2)).toEqual([["c"], ["d"]]);
    await clock.advance(COALESCE_MS);
    await slowly(10_000);
    await other.writer.add(delta("e"));
    await clock.advance(0);
    await other.writer.add(delta("f"));
    await clock.advance(COALESCE_AT_MOST_MS - 1);
    expect(other.shown.at(-1)).toEqual(["e"]);
    await clock.advance(1);
    expect(other.shown.at(-1)).toEqual(["f"]);
  });

  it("RM2, RM23: what waits behind a write that fails is not written: no checkpoint without the text before it", async () => {
    const { clock, storage, shown, writer } = await writing();
    await writer.add(delta("a"));
    await writer.add(delta("b"));
    const write = storage.write.bind(storage);
    let fail = () => {};
    storage.write = () => {
      storage.write = write;
      return new Promise((_, reject) => {
        fail = () => reject(new Error("disk says no"));
      });
    };
    await clock.advance(COALESCE_MS);
    const checkpoint = writer.flush(() => ({ put: { "cp:000": "done" } }));
    await settle();
    fail();
    await expect(checkpoint).rejects.toThrow(RoomWriteError);
    expect(await storage.get("cp:000")).toBeUndefined();
    await expect(writer.add(delta("c"))).rejects.toThrow(RoomWriteError);
    expect(shown).toEqual([["a"]]);
  });

  it("RM17: text that comes while a write is under way shares the next one", async () => {
    const { clock, storage, shown, writer } = await writing();
    await writer.add(delta("a"));
    storage.mood = "hang";
    await writer.add(delta("b"));
    await clock.advance(COALESCE_MS);
    for (const piece of ["c", "d", "e"]) {
      await writer.add(delta(piece));
      await clock.advance(COALESCE_MS);
    }
    expect(shown).toEqual([["a"]]);
    await storage.release();
    await settle();
    expect(shown).toEqual([["a"], ["b"], ["cde"]]);
  });

  it("RM17: after a pause, pieces that are at hand together share a write at once", async () => {
    const { clock, shown, writer } = await writing();
    await writer.add(delta("a"));
    await clock.advance(1_000);
    for (const piece of ["b", "c", "d"]) await writer.add(delta(piece));
    await clock.advance(0);
    expect(shown).toEqual([["a"], ["bcd"]]);
  });

  it("RM17: what comes after text is never shown before it, and takes it along at once", async () => {
    const { shown, writer } = await writing();
    await writer.add(delta("a"));
    await writer.add(delta("b"));
    await writer.add({ type: "thread-titled", title: "Cost", source: "rule" });
    expect(shown).toEqual([["a"], ["b", "thread-titled"]]);
  });

  it("RM17: a delayed write that fails is told at the next event", async () => {
    const { clock, storage, shown, writer } = await writing();
    await writer.add(delta("a"));
    await writer.add(delta("b"));
    storage.mood = "fail";
    await clock.advance(COALESCE_MS);
    await expect(writer.add(delta("c"))).rejects.toThrow("Room storage did not take the write");
    await settle();
    expect(shown).toEqual([["a"]]);
  });

  it("RM17: joins text of one step only and keeps figures whole", () => {
    const figure = { evidence: "E1", segment: null, key: "cost", text: "$5" };
    const stepId = "00000000-0000-4000-8000-000000000001";
    const one: ThreadEvent = { type: "text-delta", runId, stepId, text: ["costs ", figure] };
    const events = [one, delta(" a"), delta(" day"), delta("x", crypto.randomUUID())];
    const joined: ThreadEvent[] = [];
    for (const event of events) addJoined(joined, event);
    expect(joined).toHaveLength(2);
    expect(joined[0]).toMatchObject({ text: ["costs ", figure, " a day"] });
  });
});
