import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { closeCodes, ORDER_AUDIENCE, type RoomOrder, WAKE_AUDIENCE } from "../../party/protocol";
import { MEMBER_CHECK_MS } from "../../party/room/conversation";
import { answerRequest } from "../../party/room/http";
import type { Room } from "../../party/room/room";
import { STOP_GRACE_MS } from "../../party/room/run";
import { HEARTBEAT_MS } from "../../party/room/storage-layout";
import {
  HandSocket,
  ORIGIN,
  Scene,
  SECRET,
  send,
  settle,
  TroubledStorage,
  tell,
  typesOf,
  visit,
} from "./scene";
import { say, scriptedCrew, stepsFrom } from "./scripted-crew";

function withRecord() {
  const scene = new Scene();
  const store = new MemoryThreadStore();
  scene.store = store;
  const crew = scriptedCrew((run) => stepsFrom(run.request));
  scene.runCrew = crew.runCrew;
  const standing = (title: string, deleted = false) =>
    store.threads.set(scene.threadId, { title, titleSource: "human", deleted });
  return { scene, store, crew, standing };
}

interface OrderOptions {
  room?: string;
  workspace?: string;
  secret?: string;
  audience?: string;
  lifetimeSeconds?: number;
}

/** What the web server says to the room, as a signed order. */
async function order(scene: Scene, room: Room, name: RoomOrder, options: OrderOptions = {}) {
  const { room: threadId = scene.threadId, workspace = scene.workspaceId } = options;
  const token = await new SignJWT({ room: threadId, workspace, order: name })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(options.audience ?? ORDER_AUDIENCE)
    .setExpirationTime(Math.floor(scene.clock.now() / 1_000) + (options.lifetimeSeconds ?? 60))
    .sign(new TextEncoder().encode(options.secret ?? SECRET));
  const answer = await answerRequest(room, visit("/order", { method: "POST", bearer: token }));
  await settle();
  return answer;
}

/** A crew whose runs end only when they are stopped. */
function endless(scene: Scene): void {
  scene.runCrew = scriptedCrew(async function* ({ request: { runId, message }, signal }) {
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }).runCrew;
}

describe("an order", () => {
  it("RM60: is taken only with the web server's signature, for this room and workspace, in time", async () => {
    const { scene } = withRecord();
    const room = await scene.openRoom();
    await scene.join(room);
    const status = async (options: OrderOptions, name: RoomOrder = "look") =>
      (await order(scene, room, name, options)).status;
    expect(await status({})).toBe(200);
    for (const name of ["look", "purge"] as const) {
      expect(await status({ secret: `${SECRET}!` }, name)).toBe(401);
      expect(await status({ audience: WAKE_AUDIENCE }, name)).toBe(401);
      expect(await status({ lifetimeSeconds: -1 }, name)).toBe(401);
      expect(await status({ room: crypto.randomUUID() }, name)).toBe(403);
      expect(await status({ workspace: crypto.randomUUID() }, name)).toBe(403);
    }
    const ticket = visit("/order", { method: "POST", bearer: await scene.ticket() });
    expect((await answerRequest(room, ticket)).status).toBe(401);
    expect(await order(scene, room, "launch" as RoomOrder)).toMatchObject({ status: 401 });
  });

  it("RM60: to look is answered 503 while the record is away, so that it is given again", async () => {
    const { scene, store } = withRecord();
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    store.standing = () => Promise.reject(new Error("Postgres is away"));
    expect(await order(scene, room, "look")).toMatchObject({ status: 503 });
    expect(socket.closed).toBeNull();
  });
});

describe("a title that a person gave", () => {
  it("RM61: reaches every open tab at once, once, and not the record", async () => {
    const { scene, store, standing } = withRecord();
    const room = await scene.openRoom();
    const tabs = [await scene.join(room), await scene.join(room)];
    standing("Mine");
    await order(scene, room, "look");
    await order(scene, room, "look");
    for (const tab of tabs) {
      expect(tab.events.map(({ event }) => event)).toEqual([
        { type: "thread-titled", title: "Mine", source: "human" },
      ]);
    }
    expect(store.events.get(scene.threadId)?.size).toBe(1);
    standing("Mine, again");
    const next = await scene.openRoom();
    await order(scene, next, "look");
    const late = await scene.join(next);
    expect(late.events.map(({ event }) => "title" in event && event.title)).toEqual([
      "Mine",
      "Mine, again",
    ]);
  });

  it("RM16, RM61: the room wakes for its delivery although the process dies with the write", async () => {
    const { scene, store, standing } = withRecord();
    const disk = new MemoryRoomStorage();
    scene.storage = disk;
    const room = await scene.openRoom();
    store.applyEvents = () => new Promise(() => {});
    standing("Mine");
    expect(disk.alarms).toEqual([]);
    const tab = await scene.join(room);
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(tab.events).toMatchObject([{ event: { title: "Mine" } }]);
    expect(disk.alarms.at(-1)).toBe(scene.clock.now() + HEARTBEAT_MS);
  });

  it("RM61: reaches them within a minute when the room was not told", async () => {
    const { scene, standing } = withRecord();
    const tab = await scene.join(await scene.openRoom());
    standing("Mine");
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(tab.events).toMatchObject([{ event: { type: "thread-titled", title: "Mine" } }]);
  });
});

describe("an answer of the record that comes late", () => {
  /** Answers of the record that were read and are on their way; the newest is given out first, until `work` is done. */
  function lateRecord(store: MemoryThreadStore) {
    const answers: (() => void)[] = [];
    const read = store.standing.bind(store);
    store.standing = async (key, visitors) => {
      const standing = await read(key, visitors);
      await new Promise<void>((resolve) => answers.push(resolve));
      return standing;
    };
    return async (work: Promise<unknown>) => {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      for (await settle(); !isDone; await settle()) answers.pop()?.();
      await done;
    };
  }

  it("RM60, RM61: does not bring an older title back", async () => {
    const { scene, store, standing } = withRecord();
    const room = await scene.openRoom();
    const tab = await scene.join(room);
    const conversation = await room.open(scene.workspaceId);
    const answerUntil = lateRecord(store);
    standing("First");
    const first = conversation?.look();
    await settle();
    standing("Second");
    const second = conversation?.look();
    await answerUntil(Promise.all([first, second]));
    expect([await first, await second]).toEqual([true, true]);
    expect(tab.events.map(({ event }) => "title" in event && event.title)).toEqual([
      "First",
      "Second",
    ]);
  });

  it("RM60, RM62: does not open a deleted thread again", async () => {
    const { scene, store, standing } = withRecord();
    const room = await scene.openRoom();
    const tab = await scene.join(room);
    const conversation = await room.open(scene.workspaceId);
    const answerUntil = lateRecord(store);
    const before = conversation?.look();
    await settle();
    standing("Mine", true);
    const deletion = conversation?.look();
    await answerUntil(Promise.all([before, deletion]));
    expect(tab.closed?.code).toBe(closeCodes.threadDeleted);
    expect(conversation?.isShut).toBe(true);
    const late = new HandSocket("late");
    await answerUntil(room.connect(late, await scene.request()));
    expect(late.closed?.code).toBe(closeCodes.threadDeleted);
  });
});

describe("a deleted thread", () => {
  it("RM62: stops its run, closes its sockets with 4410, and lets nobody in", async () => {
    const { scene, standing } = withRecord();
    endless(scene);
    const room = await scene.openRoom();
    const [asker, watcher] = [await scene.join(room), await scene.join(room)];
    await tell(room, asker, send("one"));
    await tell(room, asker, send("two"));
    standing("Mine", true);
    await order(scene, room, "look");
    await scene.clock.advance(STOP_GRACE_MS);
    for (const socket of [asker, watcher]) {
      expect(socket.closed).toEqual({ code: closeCodes.threadDeleted, reason: "thread-deleted" });
    }
    expect((await scene.join(room)).closed?.code).toBe(closeCodes.threadDeleted);
    const read = visit("", { bearer: await scene.ticket() });
    expect(await answerRequest(room, read)).toEqual({
      status: 410,
      body: { error: "thread-deleted" },
    });
    // Also after a crash: what waits does not begin.
    const next = await scene.openRoom();
    await settle();
    expect((await scene.join(next)).closed?.code).toBe(closeCodes.threadDeleted);
  });

  it("RM62: works again when it was restored, with what waited, told or not", async () => {
    const { scene, standing, store } = withRecord();
    endless(scene);
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    await tell(room, socket, send("two"));
    standing("Mine", true);
    await order(scene, room, "look");
    await scene.clock.advance(STOP_GRACE_MS);
    const crew = scriptedCrew((run) => stepsFrom(run.request));
    scene.runCrew = crew.runCrew;
    store.threads.delete(scene.threadId);
    const back = await scene.join(room, 0);
    await settle();
    expect(back.closed).toBeNull();
    expect(crew.runs.map(({ request }) => request.message.text)).toEqual(["two"]);
    const ends = back.events.flatMap(({ event }) =>
      event.type === "run-finished" ? [event.state] : [],
    );
    expect(ends).toEqual(["cancelled", "completed"]);
  });

  it("RM62: puts off who comes while the record cannot say whether it was restored", async () => {
    const { scene, standing, store } = withRecord();
    const room = await scene.openRoom();
    await scene.join(room);
    standing("Mine", true);
    await order(scene, room, "look");
    const read = store.standing;
    store.standing = () => Promise.reject(new Error("Postgres is away"));
    standing("Mine");
    const early = await scene.join(room);
    expect(early.closed).toEqual({ code: closeCodes.tryLater, reason: "record-away" });
    const visitor = visit("", { bearer: await scene.ticket() });
    expect(await answerRequest(room, visitor)).toEqual({
      status: 503,
      body: { error: "record-away" },
    });
    store.standing = read;
    expect((await scene.join(room)).closed).toBeNull();
    expect((await answerRequest(room, visitor)).status).toBe(200);
  });

  it("RM62: is closed also when the disk does not take the news, which is written at the next look", async () => {
    const { scene, standing, crew } = withRecord();
    const disk = new TroubledStorage();
    scene.storage = disk;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    standing("Mine", true);
    disk.mood = "fail";
    expect(await order(scene, room, "look").catch(() => "failed")).toBe("failed");
    expect(socket.closed?.code).toBe(closeCodes.threadDeleted);
    disk.mood = "fine";
    expect((await order(scene, room, "look")).status).toBe(200);
    const next = await scene.openRoom();
    expect((await scene.join(next)).closed?.code).toBe(closeCodes.threadDeleted);
    expect(await disk.get("shut")).toBe(true);
    expect(crew.runs).toHaveLength(0);
  });

  it("RM62: closes its sockets within a minute when the room was not told", async () => {
    const { scene, standing } = withRecord();
    const socket = await scene.join(await scene.openRoom());
    standing("Mine", true);
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(socket.closed?.code).toBe(closeCodes.threadDeleted);
  });
});

describe("a purged thread", () => {
  it("RM63: leaves nothing in room storage, whatever was at work, and may be purged again", async () => {
    const { scene } = withRecord();
    endless(scene);
    const storage = new MemoryRoomStorage();
    scene.storage = storage;
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    await tell(room, socket, send("one"));
    await tell(room, socket, send("two"));
    expect(storage.entries.size).toBeGreaterThan(5);
    expect(await order(scene, room, "purge")).toEqual({ status: 200, body: { purged: true } });
    expect(socket.closed?.code).toBe(closeCodes.threadDeleted);
    for (let turn = 0; turn < 4; turn++) await scene.clock.advance(30_000);
    expect([...storage.entries.keys()]).toEqual([]);
    expect(await order(scene, room, "purge")).toMatchObject({ status: 200 });
    expect(await order(scene, await scene.openRoom(), "purge")).toMatchObject({ status: 200 });
    expect([...storage.entries.keys()]).toEqual([]);
  });

  it("RM63: the outbox gives up by name when the record has no such thread", async () => {
    const { scene, store } = withRecord();
    const room = await scene.openRoom();
    const socket = await scene.join(room);
    let deliveries = 0;
    const apply = store.applyEvents.bind(store);
    store.applyEvents = (key, events) => {
      deliveries += 1;
      return apply(key, events);
    };
    store.threads.set(scene.threadId, null);
    await tell(room, socket, send("hello"));
    for (let turn = 0; turn < 4; turn++) await scene.clock.advance(30_000);
    expect(deliveries).toBe(1);
    expect(scene.logged.filter((line) => line === "warn outbox-abandoned")).toHaveLength(1);
    expect(scene.logged).not.toContain("warn outbox-delayed");
    expect(socket.closed?.code).toBe(closeCodes.threadDeleted);
  });
});

describe("tickets and sign-ins", () => {
  async function knock(room: Room, ticket: string) {
    const socket = new HandSocket(crypto.randomUUID());
    await room.connect(socket, visit(`?ticket=${ticket}`, { origin: ORIGIN }));
    return socket.closed?.code ?? null;
  }

  it("RM64: a ticket opens one socket and then nothing, also after a crash and by HTTP", async () => {
    const { scene } = withRecord();
    const room = await scene.openRoom();
    const ticket = await scene.ticket();
    const both = await Promise.all([knock(room, ticket), knock(room, ticket)]);
    expect(both.sort()).toEqual([closeCodes.ticketRefused, null].sort());
    const next = await scene.openRoom();
    expect(await knock(next, ticket)).toBe(closeCodes.ticketRefused);
    expect((await answerRequest(next, visit("", { bearer: ticket }))).status).toBe(401);
    expect(await knock(next, await scene.ticket())).toBeNull();
  });

  it("RM64: what is remembered of tickets goes when they have expired", async () => {
    const { scene } = withRecord();
    const storage = new MemoryRoomStorage();
    scene.storage = storage;
    const room = await scene.openRoom();
    for (let visitor = 0; visitor < 5; visitor++) await knock(room, await scene.ticket());
    scene.clock.pass(62_000);
    await knock(room, await scene.ticket());
    const spent = [...storage.entries.keys()].filter((key) => key.startsWith("spent:"));
    expect(spent).toHaveLength(1);
  });

  it("RM65: a sign-out closes the sockets of that sign-in with 4401, at once when told", async () => {
    const { scene, store } = withRecord();
    const room = await scene.openRoom();
    const [gone, other] = [await scene.join(room), await scene.join(room, 0, { session: "phone" })];
    store.endedSessions.add(scene.session);
    await order(scene, room, "look");
    expect(gone.closed).toEqual({ code: closeCodes.ticketRefused, reason: "signed-out" });
    expect(other.closed).toBeNull();
    // With a ticket from before the sign-out.
    expect(await knock(room, await scene.ticket())).toBe(closeCodes.ticketRefused);
  });

  it("RM65: a sign-out closes them within a minute when nobody told the room", async () => {
    const { scene, store } = withRecord();
    const socket = await scene.join(await scene.openRoom());
    store.endedSessions.add(scene.session);
    await scene.clock.advance(MEMBER_CHECK_MS);
    expect(socket.closed?.code).toBe(closeCodes.ticketRefused);
  });

  it("RM65: HTTP asks the record too: sign-out, membership and role count", async () => {
    const { scene, store, crew } = withRecord();
    const room = await scene.openRoom();
    const post = async () => {
      const body = JSON.stringify(send("hello"));
      const bearer = await scene.ticket();
      return (await answerRequest(room, visit("", { method: "POST", bearer, body }))).status;
    };
    const get = async () =>
      (await answerRequest(room, visit("", { bearer: await scene.ticket() }))).status;
    expect([await post(), await get()]).toEqual([200, 200]);
    const key = `${scene.workspaceId}/${scene.userId}`;
    store.members.set(key, "viewer");
    scene.clock.pass(5_001);
    expect([await post(), await get()]).toEqual([403, 200]);
    store.members.set(key, null);
    scene.clock.pass(5_001);
    expect([await post(), await get()]).toEqual([403, 403]);
    store.members.delete(key);
    store.endedSessions.add(scene.session);
    expect([await post(), await get()]).toEqual([401, 401]);
    await settle();
    expect(crew.runs).toHaveLength(1);
    store.endedSessions.clear();
    store.standing = () => Promise.reject(new Error("Postgres is away"));
    expect(await post()).toBe(200);
  });

  it("RM65: the events of a thread never reach another thread's room", async () => {
    const [one, two] = [withRecord().scene, withRecord().scene];
    one.runCrew = scriptedCrew((run) => stepsFrom(run.request)).runCrew;
    const [here, there] = [await one.openRoom(), await two.openRoom()];
    const [asker, stranger] = [await one.join(here), await two.join(there)];
    await tell(here, asker, send("hello"));
    expect(typesOf(asker.events)).toContain("run-finished");
    expect(stranger.events).toEqual([]);
  });
});
