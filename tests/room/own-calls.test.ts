import { describe, expect, it } from "vitest";
import { MemoryOwnCalls } from "../../party/adapters/memory/own-calls";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import type { ModelCall } from "../../party/protocol";
import { Scene, send, settle, tell, typesOf } from "./scene";
import { modelCalled, say, scriptedCrew, stepsFrom } from "./scripted-crew";

const STEP = "00000000-0000-4000-8000-000000000000";

/** A store of the crew's own calls that may be away, and then has written all the same or not. */
class BreakableOwnCalls extends MemoryOwnCalls {
  isAway = false;
  writesAllTheSame = false;

  override async store(...given: Parameters<MemoryOwnCalls["store"]>): Promise<void> {
    if (!this.isAway || this.writesAllTheSame) await super.store(...given);
    if (this.isAway) throw new Error("ClickHouse is away");
  }
}

/** A room whose runs call a model `calls` times each. */
function withOwnCalls({ calls }: { calls: number }) {
  const scene = new Scene();
  const [ownCalls, disk] = [new BreakableOwnCalls(), new MemoryRoomStorage()];
  scene.ownCalls = ownCalls;
  scene.storage = disk;
  const made: ModelCall[] = [];
  scene.runCrew = scriptedCrew(function* ({ request }) {
    for (const output of stepsFrom(request, 1)) {
      yield output;
      if (output.kind !== "event" || output.event.type !== "step-started") continue;
      for (let call = 0; call < calls; call += 1) {
        const event = modelCalled(request.runId, STEP);
        made.push(event.call);
        yield say(event);
      }
    }
  }).runCrew;
  return { scene, ownCalls, disk, made };
}

describe("the crew's own calls", () => {
  it("RM71: reach their store once each while it comes and goes, and chat goes on meanwhile", async () => {
    const { scene, ownCalls, made } = withOwnCalls({ calls: 3 });
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    expect([...ownCalls.calls.values()]).toEqual(made);
    for (const writesAllTheSame of [false, true]) {
      Object.assign(ownCalls, { isAway: true, writesAllTheSame });
      await tell(room, socket, send("more"));
      for (let wait = 0; wait < 5; wait++) await scene.clock.advance(10_000);
      expect(typesOf(socket.events).at(-1)).toBe("run-finished");
    }
    expect(made).toHaveLength(9);
    expect(scene.logged).toContain("warn outbox-delayed");
    ownCalls.isAway = false;
    await scene.clock.advance(10_000);
    expect([...ownCalls.calls.values()]).toEqual(made);
  });

  it("RM71: are delivered by the room that opens after a crash, also where the record is away", async () => {
    const { scene, ownCalls, made } = withOwnCalls({ calls: 1 });
    ownCalls.isAway = true;
    scene.store.applyEvents = async () => {
      throw new Error("Postgres is away");
    };
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("one"));
    expect(ownCalls.calls.size).toBe(0);
    ownCalls.isAway = false;
    await scene.openRoom();
    await settle();
    expect([...ownCalls.calls.values()]).toEqual(made);
  });

  it("RM71: ask nothing of their store, and keep no room awake, where no model was called", async () => {
    const { scene, ownCalls, disk } = withOwnCalls({ calls: 0 });
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("one"));
    await scene.openRoom();
    await settle();
    expect(ownCalls.deliveries).toBe(0);
    expect(disk.entries.has("outbox:calls")).toBe(false);
  });

  it("RM27: are looked for in storage from before there were any, and delivered from then on", async () => {
    const { scene, ownCalls, disk, made } = withOwnCalls({ calls: 1 });
    disk.entries.set("meta", { schema: 3, seq: 0, nextEvidence: 1, finished: 0, compacted: 0 });
    const room = await scene.openRoom();
    await tell(room, await scene.join(room), send("one"));
    expect([...ownCalls.calls.values()]).toEqual(made);
    expect(disk.entries.get("meta")).toMatchObject({ schema: 4, called: 3 + 1 });
  });
});
