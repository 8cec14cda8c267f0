import type { Clock } from "../ports/clock";
import type { ServerMessage, TicketClaims } from "../protocol";
import { encode } from "./frames";
import type { Session, Sessions } from "./sessions";

/** People named in one frame; the rest are counted. */
export const PEOPLE_SHOWN = 12;
/** How long changes are gathered, ms, and how much longer for each connection: many who come at once cost few frames. */
export const GATHER_MS = 250;
const GATHER_PER_CONNECTION_MS = 2;

type PresenceFrame = Extract<ServerMessage, { type: "presence" }>;

/** Tells everybody in the room who is there, soon after it changed; nothing of it is stored. */
export class Presence {
  #waiting = false;
  /** What each connection was told last. */
  readonly #told = new WeakMap<Session, string>();

  constructor(
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {
    sessions.onChanged(() => this.#changed());
  }

  #changed(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    const wait = GATHER_MS + GATHER_PER_CONNECTION_MS * this.sessions.count;
    void this.clock.sleep(wait).then(() => {
      this.#waiting = false;
      this.#tell();
    });
  }

  #tell(): void {
    const here = [...this.sessions].filter(({ state }) => state !== "awaiting-hello");
    const frame = encode(peopleIn(here.map(({ claims }) => claims)));
    for (const session of here) {
      if (this.#told.get(session) === frame) continue;
      this.#told.set(session, frame);
      this.sessions.sendFrame(session, frame);
    }
  }
}

/** Each person once with the number of their connections, in the order in which they came. Pure. */
export function peopleIn(claims: readonly Pick<TicketClaims, "sub" | "name">[]): PresenceFrame {
  const people = new Map<string, PresenceFrame["people"][number]>();
  for (const { sub: id, name } of claims) {
    const connections = (people.get(id)?.connections ?? 0) + 1;
    people.set(id, { id, name, connections });
  }
  const all = [...people.values()];
  return {
    type: "presence",
    people: all.slice(0, PEOPLE_SHOWN),
    more: Math.max(0, all.length - PEOPLE_SHOWN),
  };
}
