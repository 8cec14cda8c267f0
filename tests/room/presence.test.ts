import { describe, expect, it } from "vitest";
import { GATHER_MS, PEOPLE_SHOWN, peopleIn } from "../../party/room/presence";
import { CONNECTIONS_MAX } from "../../party/room/sessions";
import { type HandSocket, Scene } from "./scene";

const told = (socket: HandSocket) =>
  socket.take().flatMap((message) => (message.type === "presence" ? [message] : []));

const SOON_MS = GATHER_MS + 2 * CONNECTIONS_MAX;

describe("who is here", () => {
  it("RM66: each person once, viewers too, only after hello, and gone when they leave", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const [first, second] = [await scene.join(room), await scene.join(room)];
    const viewer = await scene.join(room, 0, { role: "viewer" });
    await scene.join(room, null, { user: crypto.randomUUID() });
    await scene.clock.advance(SOON_MS);
    const [frame] = told(viewer);
    expect(frame).toMatchObject({
      people: [{ id: scene.userId, name: "Ada", connections: 2 }, { connections: 1 }],
      more: 0,
    });
    expect(told(first)).toEqual([frame]);
    room.disconnect(second.id);
    await scene.clock.advance(SOON_MS);
    expect(told(first)).toMatchObject([{ people: [{ connections: 1 }, { connections: 1 }] }]);
    viewer.take();
    room.disconnect(viewer.id);
    await scene.clock.advance(SOON_MS);
    expect(told(first)).toMatchObject([{ people: [{ id: scene.userId }] }]);
    expect(told(viewer)).toEqual([]);
  });

  it("RM66: many who come at once cost one frame each", async () => {
    const scene = new Scene();
    const room = await scene.openRoom();
    const sockets: HandSocket[] = [];
    for (let person = 0; person < 100; person++) {
      sockets.push(await scene.join(room, 0, { user: crypto.randomUUID() }));
    }
    await scene.clock.advance(SOON_MS);
    const frames = sockets.map(told);
    expect(frames.map(({ length }) => length)).toEqual(sockets.map(() => 1));
    expect(frames[0]?.[0]).toMatchObject({ more: 100 - PEOPLE_SHOWN });
    // Nothing changed, so nothing is told.
    await scene.clock.advance(SOON_MS);
    expect(sockets.flatMap(told)).toEqual([]);
  });

  it("RM66: is told in its own room alone", async () => {
    const [one, two] = [new Scene(), new Scene()];
    const here = await one.join(await one.openRoom());
    await two.join(await two.openRoom(), 0, { user: crypto.randomUUID() });
    for (const scene of [one, two]) await scene.clock.advance(SOON_MS);
    expect(told(here)).toMatchObject([{ people: [{ id: one.userId }], more: 0 }]);
  });

  it("names people in the order in which they came", () => {
    const claims = ["b", "a", "b", "c"].map((sub) => ({ sub, name: sub.toUpperCase() }));
    expect(peopleIn(claims)).toEqual({
      type: "presence",
      people: [
        { id: "b", name: "B", connections: 2 },
        { id: "a", name: "A", connections: 1 },
        { id: "c", name: "C", connections: 1 },
      ],
      more: 0,
    });
  });
});
