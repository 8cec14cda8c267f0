import { PROTOCOL_VERSION, type ServerMessage } from "../../../party/protocol";
import type { Visitor } from "../../host/room-process";
import { type Measured, median } from "../report";
import type { Stage } from "./stage";
import { enterRoom, roomWay } from "./ways";
import { EVENTS_PER_RECORDED_STEP, textOf } from "./workload";

const EVENTS = 2_000;
const WARM_REPLAYS = 11;
const COLD_REPLAYS = 3;

/** A client that has nothing comes into a thread of 2,000 events: from connecting to the last event. */
export async function replay(stage: Stage): Promise<Measured[]> {
  const [visitor] = await stage.threads(1);
  if (!visitor) throw new Error("No thread");
  const way = await roomWay(stage.roomsUrl, visitor);
  await way.ask(textOf({ kind: "record", steps: EVENTS / EVENTS_PER_RECORDED_STEP }));
  way.close();
  const warm: number[] = [];
  for (let index = 0; index < WARM_REPLAYS; index++) warm.push(await timed(stage, visitor));
  const cold: number[] = [];
  for (let index = 0; index < COLD_REPLAYS; index++) {
    await stage.restartRooms();
    cold.push(await timed(stage, visitor));
  }
  const row = (what: string, times: readonly number[]) => ({
    what,
    value: median(times),
    unit: " ms",
    goal: 250,
    detail: `median of ${times.length}, at most ${Math.max(...times).toFixed(1)} ms`,
  });
  return [
    row("replay of 2,000 events", warm),
    row("replay of 2,000 events, workerd just started", cold),
  ];
}

async function timed(stage: Stage, visitor: Visitor): Promise<number> {
  const startedAt = performance.now();
  const socket = await enterRoom(stage.roomsUrl, visitor);
  const heard = new Promise<number>((resolve, reject) => {
    let events = 0;
    let until = Number.POSITIVE_INFINITY;
    socket.on("message", (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      if (message.type === "welcome") until = message.seq;
      if (message.type !== "events" && message.type !== "snapshot") return;
      events += message.events.length;
      if (message.events.at(-1)?.seq === until) resolve(events);
    });
    socket.once("close", (code) => reject(new Error(`The socket closed with ${code}`)));
  });
  socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
  const events = await heard;
  const elapsed = performance.now() - startedAt;
  socket.terminate();
  if (events < EVENTS) throw new Error(`${events} of at least ${EVENTS} events came`);
  return elapsed;
}
