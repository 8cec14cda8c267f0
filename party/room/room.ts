import type { RoomRequest, RoomSocket, RoomStorage } from "../ports/room";
import { closeCodes, type TicketClaims } from "../protocol";
import { answerFrame } from "./answer-frame";
import { type Admission, admit, type DoorRules, ticketOf, type Visit } from "./authorise";
import { clearStorage } from "./clear-storage";
import { Conversation, type RoomServices } from "./conversation";
import type { DoorCode } from "./http-answers";
import type { Session } from "./sessions";
import { SpentTickets } from "./spent-tickets";
import { assertOwnStorage, type RoomStamp, stampKey } from "./stamp";
import { identityKey, identitySchema } from "./storage-layout";
import { StorageLease } from "./storage-lease";

export interface RoomParts {
  /** The id in the room's address; null when an alarm woke the room, which then remembers its own. */
  threadId: string | null;
  storage: RoomStorage;
  /** What the storage must carry, and gets with the first write. */
  stamp: RoomStamp;
  rules: DoorRules;
  services: RoomServices;
}

interface Seat {
  claims: TicketClaims;
  conversation: Conversation;
}

export type Entry = ({ admitted: true } & Seat) | { admitted: false; code: DoorCode };

/** How old the knowledge of a membership may be when somebody comes by HTTP, ms. */
const HTTP_TRUST_MS = 5_000;

const codes: Record<DoorCode, number> = {
  "ticket-refused": closeCodes.ticketRefused,
  forbidden: closeCodes.forbidden,
  "thread-deleted": closeCodes.threadDeleted,
  "record-away": closeCodes.tryLater,
};

/** The room of one thread: who may come in, and to which conversation their frames go. */
export class Room {
  #conversation: Promise<Conversation> | null = null;
  #lease: StorageLease;
  #spent: SpentTickets;
  readonly #entered = new Map<string, { session: Session; conversation: Conversation }>();

  private constructor(readonly parts: RoomParts) {
    this.#lease = new StorageLease(parts.storage);
    this.#spent = new SpentTickets(this.#lease);
  }

  /**
   * Opens the room where its storage left off: a run that a crash interrupted goes on by itself.
   * @throws ForeignRoomStorageError
   */
  static async open(parts: RoomParts): Promise<Room> {
    const isStamped = await assertOwnStorage(parts.storage, parts.stamp);
    const stored = await parts.storage.get(identityKey);
    if (stored === undefined) return new Room(parts);
    const identity = identitySchema.parse(stored);
    if (!isStamped) await parts.storage.write({ put: { [stampKey]: parts.stamp } });
    const room = new Room({ ...parts, threadId: identity.threadId });
    room.#conversation = Conversation.open(identity, room.#lease, parts.services);
    await room.#conversation;
    return room;
  }

  /** Lets a socket in, or closes it with the code that says why not. */
  async connect(socket: RoomSocket, request: RoomRequest): Promise<void> {
    const admission = await this.#admit(request, "socket");
    if (admission.admitted) return this.connectAs(socket, admission.claims);
    socket.close(codes[admission.code], admission.code);
  }

  /** As `connect`, for somebody whose ticket was found good. */
  async connectAs(socket: RoomSocket, claims: TicketClaims): Promise<void> {
    const entry = await this.#seatFor(claims, "socket");
    if (!entry.admitted) return socket.close(codes[entry.code], entry.code);
    // Before anything is written: a crowd at the door of a full room must not keep the disk busy.
    if (!entry.conversation.sessions.hasRoomFor(claims.sub)) return turnAway(socket);
    if (!(await this.#spent.spend(entry.claims, this.now))) {
      return socket.close(closeCodes.ticketRefused, "ticket-spent");
    }
    // Deleted while the ticket was looked at.
    if (entry.conversation.isShut) {
      return socket.close(closeCodes.threadDeleted, "thread-deleted");
    }
    this.#seat(socket, entry);
  }

  /** Gives an admitted socket its place in the conversation. */
  #seat(socket: RoomSocket, { conversation, claims }: Seat): void {
    if (!conversation.sessions.hasRoomFor(claims.sub)) {
      turnAway(socket);
      return;
    }
    conversation.membership.vouchFor(claims);
    const session = conversation.sessions.enter(socket, claims, this.now);
    this.#entered.set(socket.id, { session, conversation });
    void conversation.watch(session);
  }

  disconnect(socketId: string): void {
    this.#entered.get(socketId)?.conversation.sessions.leave(socketId);
    this.#entered.delete(socketId);
  }

  /** Takes one frame of a client: text, or bytes that it will refuse. */
  async receive(socketId: string, data: unknown): Promise<void> {
    const entered = this.#entered.get(socketId);
    if (!entered) return;
    const { session, conversation } = entered;
    if (conversation.sessions.get(socketId) !== session) {
      this.#entered.delete(socketId);
      return;
    }
    await answerFrame(conversation, session, data, this.now);
    if (!conversation.sessions.get(socketId)) this.#entered.delete(socketId);
  }

  /** Judges a visit by HTTP and opens the conversation that its ticket names. */
  async enter(request: RoomRequest): Promise<Entry> {
    const admission = await this.#admit(request, "http");
    return admission.admitted ? this.#seatFor(admission.claims, "http") : admission;
  }

  #admit(request: RoomRequest, kind: Visit["kind"]): Promise<Admission> {
    const { threadId, rules } = this.parts;
    const origin = request.headers.get("origin");
    const ticket = ticketOf(request);
    return admit({ roomId: threadId ?? "", ticket, origin, kind, now: this.now }, rules);
  }

  async #seatFor(claims: TicketClaims, kind: Visit["kind"]): Promise<Entry> {
    const conversation = await this.open(claims.workspace);
    if (!conversation) return { admitted: false, code: "forbidden" };
    // It may have been restored since; the record decides.
    if (conversation.isShut && !(await conversation.look())) {
      return { admitted: false, code: "record-away" };
    }
    if (conversation.isShut) return { admitted: false, code: "thread-deleted" };
    if (await this.#spent.has(claims)) return { admitted: false, code: "ticket-refused" };
    const verdict =
      kind === "http"
        ? await conversation.membership.verdictOn(claims, HTTP_TRUST_MS)
        : await conversation.membership.verdictAtDoor(claims);
    if (verdict === null) return { admitted: true, claims, conversation };
    if (verdict.stays) {
      return { admitted: true, claims: { ...claims, role: verdict.role }, conversation };
    }
    const signedOut = verdict.because === "signed-out";
    return { admitted: false, code: signedOut ? "ticket-refused" : "forbidden" };
  }

  /**
   * Forgets the thread for good: everybody leaves, its run ends, its storage is cleared. False when it
   * is another workspace's.
   */
  async purge(workspaceId: string): Promise<boolean> {
    const conversation = await this.#conversation;
    if (conversation && conversation.thread.workspaceId !== workspaceId) return false;
    conversation?.discard();
    this.#lease.end();
    await clearStorage(this.parts.storage);
    this.#conversation = null;
    this.#entered.clear();
    this.#lease = new StorageLease(this.parts.storage);
    this.#spent = new SpentTickets(this.#lease);
    return true;
  }

  /**
   * The room's conversation. The first one to come in with a valid ticket says which workspace the
   * thread is in; null for anyone who says another later.
   */
  async open(workspaceId: string): Promise<Conversation | null> {
    const { threadId, services, stamp } = this.parts;
    if (threadId === null) return null;
    const identity = { threadId, workspaceId };
    const storage = this.#lease;
    this.#conversation ??= storage
      .write({ put: { [stampKey]: stamp, [identityKey]: identity } })
      .then(() => Conversation.open(identity, storage, services))
      .catch((error) => {
        this.#conversation = null;
        throw error;
      });
    const conversation = await this.#conversation;
    return conversation.thread.workspaceId === workspaceId ? conversation : null;
  }

  /** The room asked to be woken: see what is left to do. */
  async alarm(): Promise<void> {
    await (await this.#conversation)?.alarm();
  }

  get now(): number {
    return this.parts.services.clock.now();
  }
}

function turnAway(socket: RoomSocket): void {
  socket.close(closeCodes.tryLater, "too-many-connections");
}
