import PartySocket from "partysocket";
import { closeCodes } from "../../party/protocol";

/** The connection to a thread's room, as small as the live thread needs it. */
export interface RoomSocket {
  send(text: string): void;
  /** Drops the connection and opens a new one. */
  reconnect(): void;
  close(): void;
}

export interface RoomSocketHandlers {
  onOpen: () => void;
  onFrame: (text: string) => void;
  /** The connection is gone; `fatal` says why there will be no further attempt. */
  onClose: (fatal: FatalReason | null) => void;
}

/** Why a page can no longer be live. */
export type FatalReason = "signed-out" | "forbidden" | "deleted" | "outdated";

/** The web refused a ticket for good: trying again cannot help. */
class TicketRefused extends Error {
  override readonly name = "TicketRefused";
  constructor(readonly reason: FatalReason) {
    super(`No ticket: ${reason}`);
  }
}

const TICKET_TIMEOUT_MS = 8_000;

/** Opens a socket to the room of `threadId`, with a fresh ticket for every attempt. */
export function openRoomSocket(
  { threadId, roomsUrl }: { threadId: string; roomsUrl: string },
  handlers: RoomSocketHandlers,
): RoomSocket {
  const rooms = new URL(roomsUrl);
  const socket = new PartySocket({
    host: rooms.host,
    protocol: rooms.protocol === "https:" ? "wss" : "ws",
    party: "main",
    room: threadId,
    minReconnectionDelay: 400,
    maxReconnectionDelay: 8_000,
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 8_000,
    query: async () => {
      try {
        return { ticket: await fetchTicket(threadId) };
      } catch (error) {
        if (error instanceof TicketRefused) {
          socket.close();
          handlers.onClose(error.reason);
        }
        throw error;
      }
    },
    shouldReconnectOnClose: (event) => fatalReason(event.code) === null,
  });
  socket.addEventListener("open", handlers.onOpen);
  socket.addEventListener("message", (event) => {
    if (typeof event.data === "string") handlers.onFrame(event.data);
  });
  socket.addEventListener("close", (event) => handlers.onClose(fatalReason(event.code)));
  return socket;
}

function fatalReason(code: number): FatalReason | null {
  if (code === closeCodes.forbidden) return "forbidden";
  if (code === closeCodes.threadDeleted) return "deleted";
  if (code === closeCodes.outdatedClient) return "outdated";
  return null;
}

async function fetchTicket(threadId: string): Promise<string> {
  const response = await fetch(`/threads/${threadId}/ticket`, {
    method: "POST",
    redirect: "manual",
    signal: AbortSignal.timeout(TICKET_TIMEOUT_MS),
  });
  // A redirect leads to the sign-in page.
  if (response.type === "opaqueredirect" || response.status === 401) {
    throw new TicketRefused("signed-out");
  }
  if (response.status === 403 || response.status === 404) throw new TicketRefused("forbidden");
  if (!response.ok) throw new Error(`The server answered ${response.status} to a ticket request`);
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("ticket" in body)) {
    throw new Error("The server sent no ticket");
  }
  return String(body.ticket);
}
