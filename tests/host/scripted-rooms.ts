import { createDatabase } from "../../db/postgres";
import { DurableStorage } from "../../party/adapters/durable-storage";
import { MemoryOwnCalls } from "../../party/adapters/memory/own-calls";
import { MemoryStateCache } from "../../party/adapters/memory/state-cache";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { createThreadStore } from "../../party/adapters/thread-store";
import { systemClock } from "../../party/ports/clock";
import { allowedOrigins } from "../../party/room/authorise";
import { Pace } from "../../party/room/pace";
import { type RoomWiring, roomServer } from "../../party/room-server";
import { FailPoint } from "./fail-point";
import { FailingStorage, FailingThreadStore } from "./failing-ports";
import { scriptedCrew } from "./scripted-crew";

/**
 * The real room server with a scripted crew. `RECORD_URL` is the Postgres of its record, else the record
 * is in memory; `FAIL_POINT` is where the process dies.
 */
interface Scripted {
  wiring: RoomWiring;
  point: FailPoint;
}

let scripted: Scripted | null = null;

function wire(env: Record<string, unknown>): Scripted {
  scripted ??= wiringOf(env, new FailPoint(textOf(env.FAIL_POINT)));
  return scripted;
}

function wiringOf(env: Record<string, unknown>, point: FailPoint): Scripted {
  const url = textOf(env.RECORD_URL);
  const store = url
    ? createThreadStore(createDatabase({ DATABASE_URL: url }))
    : new MemoryThreadStore();
  const wiring: RoomWiring = {
    rules: {
      secret: String(env.ROOM_TICKET_SECRET),
      origins: allowedOrigins(String(env.APP_ORIGIN)),
    },
    stamp: { environment: "test", installation: null },
    readiness: async () => ({ ready: true }),
    report: (level, event, fields) => console.log(JSON.stringify({ level, event, ...fields })),
    services: {
      runCrew: scriptedCrew(point),
      store: new FailingThreadStore(store, point),
      ownCalls: new MemoryOwnCalls(),
      stateCache: new MemoryStateCache(),
      clock: systemClock,
      pace: new Pace(),
      newId: () => crypto.randomUUID(),
      random: Math.random,
      report: () => {},
    },
  };
  return { wiring, point };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Unknown when an alarm woke the room: then it has been there before. */
function idOf(party: { readonly id: string }): string | null {
  try {
    return party.id;
  } catch {
    return null;
  }
}

export default roomServer(
  (env) => wire(env).wiring,
  (party) =>
    new FailingStorage(new DurableStorage(party.storage), wire(party.env).point, idOf(party)),
);
