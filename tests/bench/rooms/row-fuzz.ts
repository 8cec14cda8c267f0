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
const SILENCE_MS = 20_000;

/** How many frames were sent, and what became of them: by the kind of answer, refusal or end. */
class Tally {
  sent = 0;
  silent = 0;
  readonly outcomes = new Map<string, number>();

  add(outcome: string, frames = 1): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + frames);
  }

  inWords(): string {
    const ordered = [...this.outcomes].sort(([, one], [, other]) => other - one);
    return ordered.map(([outcome, frames]) => `${frames} ${outcome}`).join(", ");
  }
}

/** Frames of every kind through real sockets into real rooms: each is answered or ends its connection. */
export async function fuzz(stage: Stage): Promise<Measured[]> {
  const seed = Number(process.env.NETRA_SEED ?? Date.now() % 100_000);
  const tally = new Tally();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS_AT_ONCE }, (_, index) =>
      attack(stage, new Random(seed + index), tally),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const errors = stage.takeRoomErrors();
  return [
    {
      what: `fuzz: frames without an answer, of ${tally.sent}`,
      value: tally.silent,
      unit: "",
      goal: 0,
      detail: `NETRA_SEED=${seed}, ${seconds.toFixed(0)} s: ${tally.inWords()}`,
    },
    {
      what: "fuzz: errors logged by the rooms",
      value: errors.length,
      unit: "",
      goal: 0,
      detail: errors[0] ?? "",
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
    await answers.to(1);
  }
  let sent = 0;
  let isOpen = true;
  while (sent < atMost && isOpen) {
    const frames = Math.min(random.int(1, FRAMES_AT_ONCE), atMost - sent);
    for (let index = 0; index < frames; index++) {
      const frame = makeFrame(random);
      socket.send(typeof frame === "number" ? new Uint8Array([frame]) : (frame as string));
    }
    sent += frames;
    const { heard, ending } = await answers.to(frames);
    for (const kind of heard) tally.add(kind);
    isOpen = ending === null;
    const unheard = frames - heard.length;
    if (ending === "silence") tally.silent += unheard;
    if (ending !== null && unheard > 0) tally.add(ending, unheard);
  }
  socket.terminate();
  tally.sent += sent;
  return sent;
}

/** They come by themselves and answer nothing. */
const unasked: readonly ServerMessage["type"][] = ["events", "snapshot", "presence"];

interface Heard {
  /** What each answer was. */
  heard: string[];
  /** Why no more can come; null when there are enough. */
  ending: string | null;
}

/** What a connection is answered. */
class Answers {
  #heard: string[] = [];
  #ending: string | null = null;
  #look = () => {};

  constructor(socket: WebSocket) {
    socket.on("message", (data) => {
      const message: ServerMessage = JSON.parse(String(data));
      if (unasked.includes(message.type)) return;
      this.#heard.push(message.type === "refusal" ? message.code : message.type);
      this.#look();
    });
    socket.on("close", (code) => {
      this.#ending = `ended by ${code}`;
      this.#look();
    });
    socket.on("error", () => {});
  }

  /** Resolves when there are so many answers, no more can come, or they are long in coming. */
  to(frames: number): Promise<Heard> {
    return new Promise((resolve) => {
      const settle = (ending: string | null) => {
        clearTimeout(tooLate);
        this.#look = () => {};
        resolve({ heard: this.#heard.splice(0, frames), ending });
      };
      const tooLate = setTimeout(() => settle("silence"), SILENCE_MS);
      this.#look = () => {
        if (this.#heard.length >= frames) settle(null);
        else if (this.#ending !== null) settle(this.#ending);
      };
      this.#look();
    });
  }
}
