import type * as Party from "partykit/server";
import { DurableStorage } from "./adapters/durable-storage";
import type { Log, RoomSocket, RoomStorage } from "./ports/room";
import { closeCodes } from "./protocol";
import { admit, type DoorRules, ticketOf } from "./room/authorise";
import type { RoomServices } from "./room/conversation";
import { DoorPace } from "./room/door-pace";
import { encode, refusal } from "./room/frames";
import { answerRequest, judgeRequest } from "./room/http";
import type { RoomAnswer } from "./room/http-answers";
import { Room } from "./room/room";
import type { RoomStamp } from "./room/stamp";

/** What one wiring of the rooms gives: who may come in, and what a room works with. */
export interface RoomWiring {
  rules: DoorRules;
  /** What the storage of every room must carry. */
  stamp: RoomStamp;
  services: RoomServices;
  report: Log;
  /** Whether the stores behind the rooms can be worked with. */
  readiness: () => Promise<{ ready: boolean }>;
}

/** workerd's own; the type package would bring its whole global scope along. */
declare const WebSocketPair: new () => {
  0: WebSocket;
  1: WebSocket & { accept(): void };
};

/**
 * The PartyKit class over a wiring: hooks only. The wiring is made once, when the first room opens.
 * @param storageOf what a room keeps its things in
 */
export function roomServer(
  wire: (env: Record<string, unknown>) => RoomWiring,
  storageOf: (party: Party.Room) => RoomStorage = ({ storage }) => new DurableStorage(storage),
) {
  const door = new DoorPace();
  return class RoomServer implements Party.Server {
    #opening: Promise<Room> | null = null;

    constructor(private readonly party: Party.Room) {}

    /** For probes; no room is woken. */
    static async onFetch(
      request: Party.Request,
      lobby: Party.FetchLobby,
      _context?: Party.ExecutionContext,
    ): Promise<Response> {
      switch (new URL(request.url).pathname) {
        case "/healthz":
          return Response.json({ status: "ok" });
        case "/readyz": {
          const readiness = await wire(lobby.env).readiness();
          return json({ status: readiness.ready ? 200 : 503, body: readiness });
        }
        default:
          return new Response("Not found", { status: 404 });
      }
    }

    /** Turns away without waking a room, and lets a crowd in no faster than the other rooms can bear. */
    static async onBeforeConnect(request: Party.Request, lobby: Party.Lobby) {
      const { rules, services } = wire(lobby.env);
      const origin = request.headers.get("origin");
      const visit = {
        roomId: lobby.id,
        ticket: ticketOf(request),
        origin,
        now: services.clock.now(),
      };
      const admission = await admit({ ...visit, kind: "socket" }, rules);
      const { comesIn, waitMs } = door.arrive(admission.admitted ? lobby.id : "refused", visit.now);
      if (waitMs > 0) await services.clock.sleep(waitMs);
      const { forbidden, ticketRefused, tryLater } = closeCodes;
      if (!admission.admitted) {
        return closed(admission.code === "forbidden" ? forbidden : ticketRefused, admission.code);
      }
      return comesIn ? request : closed(tryLater, "too-many-connections");
    }

    /** Turns away without waking a room. */
    static async onBeforeRequest(request: Party.Request, lobby: Party.Lobby) {
      const refused = await judgeRequest(lobby.id, request, Date.now(), wire(lobby.env).rules);
      return refused ? json(refused) : request;
    }

    async onStart(): Promise<void> {
      await this.#room();
    }

    async onConnect(connection: Party.Connection, context: Party.ConnectionContext): Promise<void> {
      await (await this.#room()).connect(socketOf(connection), context.request);
    }

    async onMessage(data: unknown, connection: Party.Connection): Promise<void> {
      try {
        await (await this.#room()).receive(connection.id, data);
      } catch (error) {
        this.#report("frame-failed", error);
        socketOf(connection).send(encode(refusal("internal", null)));
      }
    }

    async onClose(connection: Party.Connection): Promise<void> {
      (await this.#room()).disconnect(connection.id);
    }

    async onError(connection: Party.Connection): Promise<void> {
      (await this.#room()).disconnect(connection.id);
    }

    async onRequest(request: Party.Request): Promise<Response> {
      try {
        return json(await answerRequest(await this.#room(), request));
      } catch (error) {
        this.#report("request-failed", error);
        return json({ status: 503, body: refusal("internal", null) });
      }
    }

    async onAlarm(): Promise<void> {
      await (await this.#room()).alarm();
    }

    /** Two requests may come before the room has opened; a failed opening is tried again. */
    #room(): Promise<Room> {
      const { rules, stamp, services } = wire(this.party.env);
      this.#opening ??= Room.open({
        threadId: idOf(this.party),
        storage: storageOf(this.party),
        stamp,
        rules,
        services,
      }).catch((error) => {
        this.#report("room-not-opened", error);
        this.#opening = null;
        throw error;
      });
      return this.#opening;
    }

    #report(event: string, error: unknown): void {
      const { report } = wire(this.party.env);
      report("error", event, { threadId: idOf(this.party), error: String(error) });
    }
  };
}

/** Unknown (PartyKit throws) when an alarm woke the room. */
function idOf(party: Party.Room): string | null {
  try {
    return party.id;
  } catch {
    return null;
  }
}

/** Sending to a client that has gone is no error: it comes back and asks for what it lacks. */
function socketOf(connection: Party.Connection): RoomSocket {
  return {
    id: connection.id,
    send: (text) => {
      try {
        connection.send(text);
      } catch {}
    },
    close: (code, reason) => {
      try {
        connection.close(code, reason);
      } catch {}
    },
  };
}

function json({ status, body }: RoomAnswer): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

/** A socket that opens only to say why it closes: a plain refusal would not reach the browser's code. */
function closed(code: number, reason: string): Response {
  const pair = new WebSocketPair();
  pair[1].accept();
  pair[1].close(code, reason);
  const switching: ResponseInit & { webSocket: WebSocket } = { status: 101, webSocket: pair[0] };
  return new Response(null, switching);
}
