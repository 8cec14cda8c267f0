import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Visitor } from "../../host/room-process";
import { type Measured, percentile } from "../report";
import type { Deeds, Offence } from "./offender";
import { residentMb } from "./process-usage";
import type { Stage } from "./stage";
import { roomWay, type Way } from "./ways";
import { textOf } from "./workload";

const BYSTANDERS = 20;
const EVERY_MS = 100;
const SECONDS = 5;
const ROUNDS = 2;
/** What an offender leaves to do (sockets to close) is not the next round's. */
const AFTERMATH_MS = 1_000;
const LOOK_EVERY_MS = 100;
/** Memory that an offender may cost at most, MB. */
const MEMORY_GOAL = 256;

const offences: Record<Offence["kind"], string> = {
  flood: "10,000 frames/s into another room",
  oversized: "oversized frames into another room",
  crowd: "thousands of connections to another room",
};

/** What other rooms notice of somebody who does harm to his own: one-way p99 with and without him. */
export async function hostile(stage: Stage): Promise<Measured[]> {
  await stage.restartRooms();
  const [victim, ...bystanders] = await stage.threads(1 + BYSTANDERS);
  if (!victim) throw new Error("No thread");
  const ways = await Promise.all(bystanders.map((visitor) => roomWay(stage.roomsUrl, visitor)));
  await delaysOf(ways);
  const alone: number[] = [];
  const beside = new Map<Offence["kind"], { delays: number[]; deeds: Deeds[]; grownMb: number }>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of Object.keys(offences) as Offence["kind"][]) {
      alone.push(...(await delaysOf(ways)));
      const before = residentMb(stage.workerdPid);
      const offender = new Offender(stage, victim, kind);
      await offender.begins;
      const memory = watchMemory(stage);
      const delays = await delaysOf(ways);
      const known = beside.get(kind) ?? { delays: [], deeds: [], grownMb: 0 };
      known.delays.push(...delays);
      known.deeds.push(await offender.end());
      known.grownMb = Math.max(known.grownMb, memory.stop() - before);
      beside.set(kind, known);
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
    }
  }
  for (const way of ways) way.close();
  const aloneP99 = percentile(alone, 0.99);
  return [...beside].flatMap(([kind, { delays, deeds, grownMb }]) => {
    const p99 = percentile(delays, 0.99);
    return [
      {
        what: `${offences[kind]}: p99 × alone`,
        value: p99 / aloneP99,
        unit: " ×",
        goal: 2,
        detail: `others' one-way p99 ${p99.toFixed(1)} ms, alone ${aloneP99.toFixed(1)} ms; ${inWords(deeds)}`,
      },
      {
        what: "  memory of workerd, grown at most",
        value: Math.max(0, grownMb),
        unit: " MB",
        goal: MEMORY_GOAL,
        detail: "",
      },
    ];
  });
}

/** One-way delays of every token of a turn on each way, ms. */
async function delaysOf(ways: readonly Way[]): Promise<number[]> {
  const tokens = (SECONDS * 1_000) / EVERY_MS;
  const text = textOf({ kind: "stream", tokens, everyMs: EVERY_MS });
  const receptions = await Promise.all(ways.map((way) => way.ask(text)));
  return receptions.flatMap(({ delays }) => delays);
}

class Offender {
  readonly #child: ChildProcess;
  readonly begins: Promise<unknown>;
  #said = "";

  constructor(stage: Stage, { userId, workspaceId, threadId }: Visitor, kind: Offence["kind"]) {
    const { roomsUrl } = stage;
    const offence: Offence = { kind, roomsUrl, userId, workspaceId, threadId };
    const program = fileURLToPath(new URL("offender.ts", import.meta.url));
    this.#child = fork(program, [JSON.stringify(offence)], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    this.begins = new Promise((resolve) => this.#child.once("message", resolve));
    this.#child.stdout?.on("data", (part) => {
      this.#said += part;
    });
  }

  async end(): Promise<Deeds> {
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.kill("SIGTERM");
    await closed;
    return JSON.parse(this.#said);
  }
}

function watchMemory(stage: Stage): { stop(): number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, residentMb(stage.workerdPid));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

function inWords(deeds: readonly Deeds[]): string {
  const closed = new Map<string, number>();
  for (const [code, times] of deeds.flatMap((one) => Object.entries(one.closed))) {
    closed.set(code, (closed.get(code) ?? 0) + times);
  }
  const sum = (of: (one: Deeds) => number) => deeds.reduce((total, one) => total + of(one), 0);
  const codes = [...closed].map(([code, times]) => `${times} closed with ${code}`);
  return [
    `${sum((one) => one.frames)} frames`,
    `${sum((one) => one.connections)} connections`,
    ...codes,
  ].join(", ");
}
