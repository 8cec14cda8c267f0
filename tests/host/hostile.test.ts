import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { buildRooms } from "../../party/host/build-rooms";
import { closeCodes } from "../../party/protocol";
import { CONNECTIONS_MAX, CONNECTIONS_PER_PERSON } from "../../party/room/sessions";
import { freePort } from "../support/web-server";
import { APP_ORIGIN, RoomProcess, until, Visitor } from "./room-process";
import { of } from "./verdict";

const folder = mkdtempSync(join(tmpdir(), "netra-hostile-"));
const bundle = join(folder, "worker.js");
let rooms: RoomProcess;

beforeAll(async () => {
  await buildRooms({ entry: "tests/host/scripted-rooms.ts", outfile: bundle });
  rooms = await RoomProcess.start(join(folder, "data"), await freePort(), bundle);
}, 60_000);
afterAll(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody else, whose run goes on meanwhile; resolves when it has come to its good end. */
async function bystander(): Promise<void> {
  const someone = new Visitor();
  const socket = await someone.connect(rooms.url);
  const id = crypto.randomUUID();
  socket.send(JSON.stringify({ type: "message.send", id, text: "slow" }));
  await until(() => someone.runIsOver);
  socket.close();
  expect(of(someone.events, "run-finished")).toMatchObject([{ state: "completed" }]);
  expect(of(someone.events, "run-resumed")).toEqual([]);
}

const codeOf = (socket: WebSocket) =>
  new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));

describe("hostile clients of real rooms", () => {
  it("RM13: who sends 10,000 frames at once is closed; another room's run goes on", async () => {
    const undisturbed = bystander();
    const flooder = new Visitor();
    const socket = await flooder.connect(rooms.url);
    const closed = codeOf(socket);
    const frames = [JSON.stringify({ type: "ping" }), "{", "[".repeat(50_000), Buffer.alloc(300)];
    for (let frame = 0; frame < 10_000; frame++) {
      socket.send(frames[frame % 97 === 0 ? (frame / 97) % frames.length : 0] ?? "");
    }
    expect(await closed).toBe(closeCodes.abusive);
    await undisturbed;
    // Who has been put out may come back and behave.
    const again = await flooder.connect(rooms.url);
    again.send(JSON.stringify({ type: "ping" }));
    await until(() => flooder.heard("pong").length > 0);
    again.close();
  }, 60_000);

  it("RM29: of 1,000 connections to a room 500 stay, of one person 25; another room's run goes on", async () => {
    const undisturbed = bystander();
    const threadId = crypto.randomUUID();
    const workspaceId = crypto.randomUUID();
    const counts = { open: 0, full: 0, other: 0 };
    const sockets: WebSocket[] = [];
    const knock = async (visitor: Visitor): Promise<void> => {
      const url = await visitor.socketUrl(rooms.url);
      const socket = new WebSocket(url, { origin: APP_ORIGIN });
      sockets.push(socket);
      socket.once("error", () => {});
      // The room says at once whom it does not take; to a ping without hello it answers everyone else.
      socket.once("open", () => socket.send(JSON.stringify({ type: "ping" })));
      const answered = new Promise<"open">((resolve) => {
        socket.once("message", () => resolve("open"));
      });
      const outcome = await Promise.race([answered, codeOf(socket)]);
      if (outcome === "open") counts.open += 1;
      else if (outcome === closeCodes.tryLater) counts.full += 1;
      else counts.other += 1;
    };
    const one = new Visitor(crypto.randomUUID(), workspaceId, threadId);
    for (let tab = 0; tab < CONNECTIONS_PER_PERSON + 3; tab++) await knock(one);
    expect(counts).toEqual({ open: CONNECTIONS_PER_PERSON, full: 3, other: 0 });
    const crowd = Array.from(
      { length: 50 },
      () => new Visitor(crypto.randomUUID(), workspaceId, threadId),
    );
    for (let tab = 0; tab < 20; tab++) await Promise.all(crowd.map(knock));
    expect(counts).toEqual({
      open: CONNECTIONS_MAX,
      full: 3 + 1_000 - (CONNECTIONS_MAX - CONNECTIONS_PER_PERSON),
      other: 0,
    });
    await undisturbed;
    for (const socket of sockets) socket.terminate();
    await until(() => sockets.every(({ readyState }) => readyState === WebSocket.CLOSED));
    // Their places are free again.
    const late = new Visitor(crypto.randomUUID(), workspaceId, threadId);
    const socket = await late.connect(rooms.url);
    await until(() => late.heard("welcome").length > 0);
    socket.close();
  }, 60_000);
});
