import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { ThreadEvent } from "../../party/protocol";
import { COALESCE_AT_MOST_MS, COALESCE_MS, EventWriter, joinText } from "../../party/room/coalesce";
import { EventLog } from "../../party/room/event-log";
import { HeldClock, settle, TroubledStorage } from "./scene";

const runId = crypto.randomUUID();
const delta = (text: string, stepId = "00000000-0000-4000-8000-000000000001"): ThreadEvent => ({
  type: "text-delta",
  runId,
  stepId,
  text: [text],
});

async function writing() {
  const clock = new HeldClock();
  const storage = new TroubledStorage(new MemoryRoomStorage());
  const log = await EventLog.open(storage, clock);
  const shown: string[][] = [];
  log.onWritten((events) => {
    shown.push(
      events.map(({ event }) => (event.type === "text-delta" ? event.text.join("|") : event.type)),
    );
  });
  return { clock, storage, shown, writer: new EventWriter(log, clock) };
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

  it("RM17: slow writes widen the wait, up to 250 ms, and quick ones narrow it again", async () => {
    const { clock, storage, shown, writer } = await writing();
    await writer.add(delta("a"));
    storage.mood = "hang";
    const slow = writer.add({ type: "thread-titled", title: "Slow", source: "rule" });
    await settle();
    await clock.advance(100);
    await storage.release();
    await slow;
    await clock.advance(200);
    await writer.add(delta("b"));
    await writer.add(delta("c"));
    await clock.advance(107);
    expect(shown.at(-1)).toEqual(["b"]);
    await clock.advance(1);
    expect(shown.at(-1)).toEqual(["c"]);
    // That write took no time.
    await writer.add(delta("d"));
    await clock.advance(62);
    expect(shown.at(-1)).toEqual(["d"]);
    storage.mood = "hang";
    const slower = writer.add({ type: "thread-titled", title: "Slower", source: "rule" });
    await settle();
    await clock.advance(10_000);
    await storage.release();
    await slower;
    await writer.add(delta("e"));
    await writer.add(delta("f"));
    await clock.advance(COALESCE_AT_MOST_MS);
    expect(shown.at(-1)).toEqual(["f"]);
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
    const joined = events.reduce<ThreadEvent[]>(joinText, []);
    expect(joined).toHaveLength(2);
    expect(joined[0]).toMatchObject({ text: ["costs ", figure, " a day"] });
  });
});
