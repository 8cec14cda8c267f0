import type { WebSocket } from "ws";
import { PROTOCOL_VERSION, type ServerMessage } from "../../../party/protocol";
import { makeFrame } from "../../fuzz/make-frame";
import type { Visitor } from "../../host/room-process";
import { Random } from "../../simulator/random";
import type { Measured } from "../report";
import type { Stage } from "./stage";
import { enterRoom } from "./ways";

const FRAMES = 200_000;
const CONNECTIONS_AT_ONCE = 20;
const FRAMES_AT_ONCE = 20;
const FRAMES_PER_ROOM = 1_000;
/** Longer than any answer takes, ms. */
const SILENCE_MS = 10_000;

interface Tally {
  sent: number;
  answered: number;
  closed: number;
  silent: number;
}

/** Frames of every kind through real sockets into real rooms: each is answered or ends its connection. */
export async function fuzz(stage: Stage): Promise<Measured[]> {
  const seed = Number(process.env.NETRA_SEED ?? Date.now() % 100_000);
  const before = stage.roomErrors.length;
  const tally: Tally = { sent: 0, answered: 0, closed: 0, silent: 0 };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS_AT_ONCE }, (_, index) =>
      attack(stage, new Random(seed + index), tally),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const errors = stage.roomErrors.slice(before);
  const [first] = errors;
  return [
    {
      what: "fuzz: frames without an answer, of 200,000",
      value: tally.silent,
      unit: "",
      goal: 0,
      detail: `NETRA_SEED=${seed}: ${tally.sent} sent, ${tally.answered} answered, ${tally.closed} ended their connection, ${seconds.toFixed(0)} s`,
    },
    {
      what: "fuzz: errors logged by the rooms",
      value: errors.length,
      unit: "",
      goal: 0,
      detail: first ?? "",
    },
  ];
}

async function attack(stage: Stage, random: Random, tally: Tally): Promise<void> {
  let left = FRAMES / CONNECTIONS_AT_ONCE;
  while (left > 0) {
    const [visitor] = await stage.threads(1);
    if (!visitor) throw new Error("No thread");
    let inRoom = Math.min(left, FRAMES_PER_ROOM);
    left -= inRoom;
    while (inRoom > 0) inRoom -= await visit(stage, visitor, random, inRoom, tally);
  }
}

/** Sends frames, some at once, until the room closes the connection; how many. */
async function visit(
  stage: Stage,
  visitor: Visitor,
  random: Random,
  atMost: number,
  tally: Tally,
): Promise<number> {
  const socket = await enterRoom(stage.roomsUrl, visitor);
  const answers = new Answers(socket);
  if (random.chance(0.9)) {
    socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
    await answers.toBe(1);
  }
  let sent = 0;
  let outcome: Outcome = "answered";
  while (sent < atMost && outcome === "answered") {
    const frames = Math.min(random.int(1, FRAMES_AT_ONCE), atMost - sent);
    for (let index = 0; index < frames; index++) {
      const frame = makeFrame(random);
      socket.send(typeof frame === "number" ? new Uint8Array([frame]) : (frame as string));
    }
    const before = answers.count;
    outcome = await answers.toBe(before + frames);
    const answered = answers.count - before;
    sent += frames;
    tally.answered += answered;
    if (outcome === "closed") tally.closed += frames - answered;
    if (outcome === "silence") tally.silent += frames - answered;
  }
  socket.terminate();
  tally.sent += sent;
  return sent;
}

type Outcome = "answered" | "closed" | "silence";

/** They come by themselves and answer nothing. */
const unasked: readonly ServerMessage["type"][] = ["events", "snapshot", "presence"];

/** What a connection is answered. */
class Answers {
  count = 0;
  #closed = false;
  #look = () => {};

  constructor(socket: WebSocket) {
    socket.on("message", (data) => {
      const { type }: ServerMessage = JSON.parse(String(data));
      if (unasked.includes(type)) return;
      this.count += 1;
      this.#look();
    });
    socket.on("close", () => {
      this.#closed = true;
      this.#look();
    });
    socket.on("error", () => {});
  }

  /** Resolves when there are so many answers, no more can come, or they are long in coming. */
  toBe(count: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const tooLate = setTimeout(() => settle("silence"), SILENCE_MS);
      const settle = (outcome: Outcome) => {
        clearTimeout(tooLate);
        this.#look = () => {};
        resolve(outcome);
      };
      this.#look = () => {
        if (this.#closed) settle("closed");
        else if (this.count >= count) settle("answered");
      };
      this.#look();
    });
  }
}
