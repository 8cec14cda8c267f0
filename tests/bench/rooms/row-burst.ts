import { type Measured, median } from "../report";
import { processorMs } from "./process-usage";
import type { Stage } from "./stage";
import { relayWay, roomWay, type Way } from "./ways";
import { textOf } from "./workload";

const TOKENS = 500;
const ROUNDS = 5;
const TURNS_PER_ROUND = 15;
/** What goes on behind a turn (compaction, the record) belongs to its cost. */
const AFTERMATH_MS = 500;

interface Block {
  times: number[];
  cpuMs: number;
}

/** Turns of 500 tokens that the model writes at once: how long, and what workerd works for them. */
export async function burst(stage: Stage): Promise<Measured[]> {
  const [visitor] = await stage.threads(1);
  if (!visitor) throw new Error("No thread");
  const relay = await relayWay(stage.roomsUrl, "burst");
  const room = await roomWay(stage.roomsUrl, visitor);
  await turns(stage, relay);
  await turns(stage, room);
  const blocks: { relay: Block[]; room: Block[] } = { relay: [], room: [] };
  for (let round = 0; round < ROUNDS; round++) {
    blocks.relay.push(await turns(stage, relay));
    blocks.room.push(await turns(stage, room));
  }
  relay.close();
  room.close();
  const whole = (list: Block[]) => median(list.flatMap(({ times }) => times));
  const cpu = (list: Block[]) =>
    (median(list.map(({ cpuMs }) => cpuMs)) * 1_000) / (TURNS_PER_ROUND * TOKENS);
  return [
    {
      what: "burst of 500 tokens, whole turn: × relay",
      value: whole(blocks.room) / whole(blocks.relay),
      unit: " ×",
      goal: 0.8,
      detail: `room ${whole(blocks.room).toFixed(1)} ms, relay ${whole(blocks.relay).toFixed(1)} ms, medians of ${ROUNDS * TURNS_PER_ROUND} turns`,
    },
    {
      what: "server CPU per token of a burst: × relay",
      value: cpu(blocks.room) / cpu(blocks.relay),
      unit: " ×",
      goal: 1,
      detail: `room ${cpu(blocks.room).toFixed(0)} µs, relay ${cpu(blocks.relay).toFixed(0)} µs, medians of ${ROUNDS} blocks`,
    },
  ];
}

async function turns(stage: Stage, way: Way): Promise<Block> {
  const text = textOf({ kind: "stream", tokens: TOKENS, everyMs: 0 });
  const before = processorMs(stage.workerdPid);
  const times: number[] = [];
  for (let turn = 0; turn < TURNS_PER_ROUND; turn++) {
    const { delays, whole } = await way.ask(text);
    if (delays.length !== TOKENS) throw new Error(`${delays.length} of ${TOKENS} tokens came`);
    times.push(whole);
  }
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  return { times, cpuMs: processorMs(stage.workerdPid) - before };
}
