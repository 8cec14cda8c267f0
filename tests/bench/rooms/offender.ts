/**
 * A process that does harm to one room until it is ended, so that its own work does not slow the clocks of
 * the bench. Takes what it is to do as JSON (`Offence`); says at the end what it did, as JSON.
 */
import { WebSocket } from "ws";
import { FRAME_MAX_BYTES, PROTOCOL_VERSION } from "../../../party/protocol";
import { APP_ORIGIN, Visitor } from "../../host/room-process";

export interface Offence {
  kind: "flood" | "oversized" | "crowd";
  roomsUrl: string;
  userId: string;
  workspaceId: string;
  threadId: string;
}

/** What an offender sent, and with which codes its connections were closed. */
export interface Deeds {
  frames: number;
  connections: number;
  closed: Record<string, number>;
}

const FLOOD_PER_TICK = 100;
const TICK_MS = 10;
const OVERSIZED = "x".repeat(4 * FRAME_MAX_BYTES);
const OVERSIZED_PER_TICK = 1;
const CROWD_AT_ONCE = 50;

const offence: Offence = JSON.parse(process.argv[2] ?? "");
const deeds: Deeds = { frames: 0, connections: 0, closed: {} };
let isOver = false;

process.once("SIGTERM", () => {
  isOver = true;
  process.stdout.write(JSON.stringify(deeds), () => process.exit(0));
});
process.once("disconnect", () => process.exit(1));
process.send?.("begins");

switch (offence.kind) {
  case "flood":
    await sendForEver(() => JSON.stringify({ type: "ping" }), FLOOD_PER_TICK);
    break;
  case "oversized":
    await sendForEver(() => OVERSIZED, OVERSIZED_PER_TICK);
    break;
  case "crowd":
    await Promise.all(Array.from({ length: CROWD_AT_ONCE }, comeForEver));
}

/** Sends so many frames in each tick; comes back when it is put out. */
async function sendForEver(frame: () => string, perTick: number): Promise<void> {
  while (!isOver) {
    const socket = await enter();
    if (!socket) continue;
    socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
    while (socket.readyState === WebSocket.OPEN) {
      for (let sent = 0; sent < perTick && socket.readyState === WebSocket.OPEN; sent++) {
        socket.send(frame());
        deeds.frames += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }
}

/** Always somebody else, who says hello and stays. */
async function comeForEver(): Promise<void> {
  while (!isOver) {
    const socket = await enter(crypto.randomUUID());
    socket?.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
  }
}

async function enter(userId = offence.userId): Promise<WebSocket | null> {
  const visitor = new Visitor(userId, offence.workspaceId, offence.threadId);
  const socket = new WebSocket(await visitor.socketUrl(offence.roomsUrl), { origin: APP_ORIGIN });
  deeds.connections += 1;
  socket.on("close", (code) => {
    deeds.closed[code] = (deeds.closed[code] ?? 0) + 1;
  });
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.once("open", () => resolve(socket));
    socket.once("close", () => resolve(null));
  });
}
