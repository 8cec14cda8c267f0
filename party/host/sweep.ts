import { SignJWT } from "jose";
import { createDatabase, listUnfinishedRuns, type UnfinishedRun } from "../../db/postgres";
import { WAKE_AUDIENCE } from "../protocol";

const TICKET_SECONDS = 60;
const WAKE_TIMEOUT_MS = 10_000;
const TRIES = 8;
const FIRST_WAIT_MS = 500;

export interface SweepOptions {
  roomsUrl: string;
  secret: string;
  /** The runs that the record holds as unfinished. */
  listUnfinished: () => Promise<readonly UnfinishedRun[]>;
  print: (line: string) => void;
}

/**
 * Wakes the room of every run that the record holds as unfinished, so that it goes on without
 * waiting for a visitor. Resolves to the number of rooms woken. The record may not be there yet when
 * rooms start together with the web server, which migrates it: asks again for about a minute.
 */
export async function sweep(options: SweepOptions): Promise<number> {
  const { print } = options;
  const runs = await patiently(options.listUnfinished);
  const rooms = new Map(runs.map((run) => [run.threadId, run]));
  let woken = 0;
  for (const { threadId, workspaceId } of rooms.values()) {
    try {
      await patiently(() => wake(options, threadId, workspaceId));
      woken += 1;
    } catch (error) {
      print(`room ${threadId} could not be woken: ${String(error)}`);
    }
  }
  if (rooms.size > 0) print(`woke ${woken} of ${rooms.size} rooms with unfinished runs`);
  return woken;
}

/** The sweep over the record that the variables name. */
export function sweepFromRecord(
  variables: Readonly<Record<string, string>>,
  roomsUrl: string,
  print: (line: string) => void,
): Promise<number> {
  const database = createDatabase({ DATABASE_URL: variables.DATABASE_URL ?? "" });
  const secret = variables.ROOM_TICKET_SECRET ?? "";
  return sweep({ roomsUrl, secret, print, listUnfinished: () => listUnfinishedRuns(database) });
}

async function wake(options: SweepOptions, room: string, workspace: string): Promise<void> {
  const ticket = await new SignJWT({ room, workspace })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(WAKE_AUDIENCE)
    .setExpirationTime(`${TICKET_SECONDS}s`)
    .sign(new TextEncoder().encode(options.secret));
  const response = await fetch(`${options.roomsUrl}/parties/main/${room}/wake`, {
    method: "POST",
    headers: { authorization: `Bearer ${ticket}` },
    signal: AbortSignal.timeout(WAKE_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures + 1 >= TRIES) throw error;
      const waitMs = FIRST_WAIT_MS * 2 ** Math.min(failures, 4);
      await new Promise((settle) => setTimeout(settle, waitMs * (0.5 + Math.random() / 2)));
    }
  }
}
