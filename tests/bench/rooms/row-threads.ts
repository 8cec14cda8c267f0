import { type Measured, percentile } from "../report";
import { processorMs } from "./process-usage";
import type { Stage } from "./stage";
import { relayWay, roomWay, type Way } from "./ways";
import { textOf } from "./workload";

const EVERY_MS = 100;
const SECONDS = 6;
const ROUNDS = 2;
/** From one thread's beginning to the next one's, ms. */
const NEXT_BEGINS_MS = 10;
/** They are looked at so long after the last has begun: to begin costs more than to go on, ms. */
const SETTLED_MS = 2_000;
/** What goes on behind the turns that ended (compaction, the record) is not the next round's, ms. */
const AFTERMATH_MS = 2_000;

interface Load {
  /** Tokens that arrived per second while all threads ran. */
  perSecond: number;
  /** One-way, of every token that the model wrote while all threads ran, ms. */
  delays: number[];
  /** Of workerd per token that arrived, µs. */
  cpuPerToken: number;
  /** Share of one processor that this process took: it is the model, and the clients. */
  ownCpu: number;
}

export async function hundredThreads(stage: Stage): Promise<Measured[]> {
  const { room, detail } = await compared(stage, 100);
  return [
    {
      what: "100 threads × 10 tokens/s: one-way p99",
      value: percentile(room.delays, 0.99),
      unit: " ms",
      goal: 100,
      detail,
    },
  ];
}

export async function fiveHundredThreads(stage: Stage): Promise<Measured[]> {
  const { room, relay, detail } = await compared(stage, 500);
  return [
    {
      what: "500 threads × 10 tokens/s: held, × relay",
      value: room.perSecond / relay.perSecond,
      unit: " ×",
      goal: 0.9,
      atLeast: true,
      detail,
    },
    {
      what: "500 threads × 10 tokens/s: one-way p99",
      value: percentile(room.delays, 0.99),
      unit: " ms",
      goal: 600,
      detail: "",
    },
  ];
}

async function compared(stage: Stage, count: number) {
  const relays: Way[] = [];
  const rooms: Way[] = [];
  for (const visitor of await stage.threads(count)) {
    relays.push(await relayWay(stage.roomsUrl, visitor.threadId));
    rooms.push(await roomWay(stage.roomsUrl, visitor));
  }
  const loads: { relay: Load[]; room: Load[] } = { relay: [], room: [] };
  for (let round = 0; round < ROUNDS; round++) {
    loads.relay.push(await load(stage, relays));
    loads.room.push(await load(stage, rooms));
  }
  for (const way of [...relays, ...rooms]) way.close();
  const [relay, room] = [joined(loads.relay), joined(loads.room)];
  const detail = `room ${inWords(room)}; relay ${inWords(relay)}`;
  return { relay, room, detail };
}

/** Every thread streams at once. */
async function load(stage: Stage, ways: readonly Way[]): Promise<Load> {
  const rampMs = ways.length * NEXT_BEGINS_MS + SETTLED_MS;
  const tokens = (SECONDS * 1_000 + rampMs) / EVERY_MS;
  const text = textOf({ kind: "stream", tokens, everyMs: EVERY_MS });
  const [cpuBefore, ownBefore] = [processorMs(stage.workerdPid), processorMs(process.pid)];
  const startedAt = performance.now();
  const turns = ways.map(async (way, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * NEXT_BEGINS_MS));
    return way.ask(text);
  });
  const receptions = await Promise.all(turns);
  const cpuMs = processorMs(stage.workerdPid) - cpuBefore;
  const ownMs = processorMs(process.pid) - ownBefore;
  const ownCpu = ownMs / (performance.now() - startedAt);
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  const [from, to] = [startedAt + rampMs, startedAt + rampMs + SECONDS * 1_000];
  const isBetween = (at: number) => at >= from && at < to;
  const heard = receptions.flatMap(({ delays, arrivals }) =>
    arrivals.map((at, index) => ({ at, delay: delays[index] ?? Number.NaN })),
  );
  return {
    perSecond: heard.filter(({ at }) => isBetween(at)).length / SECONDS,
    delays: heard.flatMap(({ at, delay }) => (isBetween(at - delay) ? [delay] : [])),
    cpuPerToken: (cpuMs * 1_000) / heard.length,
    ownCpu,
  };
}

function joined(loads: readonly Load[]): Load {
  const mean = (of: (load: Load) => number) =>
    loads.reduce((sum, load) => sum + of(load), 0) / loads.length;
  return {
    perSecond: mean(({ perSecond }) => perSecond),
    delays: loads.flatMap(({ delays }) => delays),
    cpuPerToken: mean(({ cpuPerToken }) => cpuPerToken),
    ownCpu: mean(({ ownCpu }) => ownCpu),
  };
}

function inWords({ perSecond, delays, cpuPerToken, ownCpu }: Load): string {
  const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)];
  return `${perSecond.toFixed(0)}/s p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms, ${cpuPerToken.toFixed(0)} µs of CPU a token, bench ${ownCpu.toFixed(2)} of a CPU`;
}
