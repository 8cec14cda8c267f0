import type * as Party from "partykit/server";
import { performanceWorks } from "../../../party/adapters/repair-performance";
import { composeRooms } from "../../../party/compose";
import { type RoomWiring, roomServer } from "../../../party/room-server";
import { benchCrew } from "./bench-crew";
import { isRelayId } from "./relay-id";
import { RelayRoom } from "./relay-room";

if (!performanceWorks) throw new Error("This runtime has no performance.now()");

let wiring: RoomWiring | null = null;

/** The product's own wiring, with another crew. */
function wire(env: Record<string, unknown>): RoomWiring {
  if (wiring === null) {
    const composed = composeRooms(env);
    const runCrew = benchCrew(String(env.OPENAI_BASE_URL));
    wiring = { ...composed, services: { ...composed.services, runCrew } };
  }
  return wiring;
}

/** Netra's rooms, and under ids of their own plain relays: both in one workerd. */
export default class BenchRooms extends roomServer(wire) {
  readonly #relay: RelayRoom | null;

  constructor(party: Party.Room) {
    super(party);
    this.#relay = isRelayId(idOf(party)) ? new RelayRoom(party) : null;
  }

  static override async onBeforeConnect(request: Party.Request, lobby: Party.Lobby) {
    return isRelayId(lobby.id) ? request : super.onBeforeConnect(request, lobby);
  }

  override async onStart(): Promise<void> {
    if (!this.#relay) await super.onStart();
  }

  override async onConnect(
    connection: Party.Connection,
    context: Party.ConnectionContext,
  ): Promise<void> {
    if (!this.#relay) await super.onConnect(connection, context);
  }

  override async onMessage(data: unknown, connection: Party.Connection): Promise<void> {
    await (this.#relay ? this.#relay.onMessage(data) : super.onMessage(data, connection));
  }

  override async onClose(connection: Party.Connection): Promise<void> {
    if (!this.#relay) await super.onClose(connection);
  }
}

/** Unknown (PartyKit throws) when an alarm woke the room; relays set none. */
function idOf(party: Party.Room): string {
  try {
    return party.id;
  } catch {
    return "";
  }
}
