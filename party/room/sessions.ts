import type { RoomSocket } from "../ports/room";
import { closeCodes, type NumberedEvent, type ServerMessage, type TicketClaims } from "../protocol";
import type { EventLog } from "./event-log";
import { encode, eventFrames, replayFrames } from "./frames";

/** Frames a client may send at once, and per second in the long run. */
const FRAMES_AT_ONCE = 60;
const FRAMES_PER_SECOND = 30;
/** How long a connection may stay without hello, ms. */
export const HELLO_WITHIN_MS = 10_000;
/** Connections of a room, and of one person in it. */
export const CONNECTIONS_MAX = 500;
export const CONNECTIONS_PER_PERSON = 25;
/**
 * What may be on its way to a client that has said nothing since, in characters. Clients ping; one that
 * does not keep up is cut off, so that memory stays bounded, and comes back for the rest.
 */
export const UNHEARD_MAX = 32 * 1024 * 1024;
/** Frames that broke the rules after which a connection is closed. */
export const STRIKES_MAX = 20;

/** A connection, by how far it has come. Only a live one is sent new events as they are stored. */
type SessionState = "awaiting-hello" | "catching-up" | "live";

export interface Session {
  readonly socket: RoomSocket;
  /** The role is the one last heard from the record. */
  claims: TicketClaims;
  /** Characters sent since the client's last frame. */
  unheard: number;
  state: SessionState;
  strikes: number;
  frames: { left: number; at: number };
}

/** The connections of a room. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  #onChanged: () => void = () => {};

  constructor(private readonly log: EventLog) {
    log.onWritten((events) => this.#broadcast(events));
  }

  /** Called when somebody who said hello came or went. */
  onChanged(listener: () => void): void {
    this.#onChanged = listener;
  }

  get count(): number {
    return this.#sessions.size;
  }

  enter(socket: RoomSocket, claims: TicketClaims, now: number): Session {
    const session: Session = {
      socket,
      claims,
      unheard: 0,
      state: "awaiting-hello",
      strikes: 0,
      frames: { left: FRAMES_AT_ONCE, at: now },
    };
    this.#sessions.set(socket.id, session);
    return session;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#sessions.values();
  }

  get(socketId: string): Session | undefined {
    return this.#sessions.get(socketId);
  }

  /** Whether one more connection of this person fits. */
  hasRoomFor(userId: string): boolean {
    if (this.#sessions.size >= CONNECTIONS_MAX) return false;
    let own = 0;
    for (const { claims } of this.#sessions.values()) if (claims.sub === userId) own += 1;
    return own < CONNECTIONS_PER_PERSON;
  }

  /** Closes a connection; nothing more is sent to it or taken from it. */
  expel({ socket }: Session, code: number, reason: string): void {
    this.leave(socket.id);
    socket.close(code, reason);
  }

  expelAll(code: number, reason: string): void {
    for (const session of [...this]) this.expel(session, code, reason);
  }

  leave(socketId: string): void {
    const session = this.#sessions.get(socketId);
    this.#sessions.delete(socketId);
    if (session && session.state !== "awaiting-hello") this.#onChanged();
  }

  /** Whether the client may send one more frame now; counts it. */
  spend(session: Session, now: number): boolean {
    session.unheard = 0;
    const { left, at } = session.frames;
    const regained = Math.max(0, ((now - at) / 1_000) * FRAMES_PER_SECOND);
    const tokens = Math.min(FRAMES_AT_ONCE, left + regained);
    session.frames = { left: Math.max(0, tokens - 1), at: now };
    return tokens >= 1;
  }

  send(session: Session, message: ServerMessage): void {
    this.sendFrame(session, encode(message));
  }

  /** As `send`, for a message that is encoded once for many. */
  sendFrame(session: Session, frame: string): void {
    if (this.#sessions.get(session.socket.id) !== session) return;
    session.unheard += frame.length;
    if (session.unheard > UNHEARD_MAX) this.expel(session, closeCodes.tooSlow, "too-slow");
    else session.socket.send(frame);
  }

  /**
   * Sends what the client lacks, and from then on every event as it is stored. Between the last look
   * at the log and `live` nothing else can run, so there is no gap and no repetition.
   */
  async catchUp(session: Session, lastSeq: number): Promise<void> {
    session.state = "catching-up";
    this.#onChanged();
    let sent = lastSeq > this.log.seq ? 0 : lastSeq;
    while (sent < this.log.seq) {
      const events = await this.log.readAfter(sent);
      const last = events.at(-1);
      if (!last) throw new Error(`The log holds no event after ${sent}`);
      // The client may have left, or said hello again, while the log was read.
      if (this.#sessions.get(session.socket.id) !== session) return;
      for (const frame of replayFrames(events, sent)) this.sendFrame(session, frame);
      sent = last.seq;
    }
    session.state = "live";
  }

  #broadcast(events: readonly NumberedEvent[]): void {
    let frames: string[] | null = null;
    for (const session of this.#sessions.values()) {
      if (session.state !== "live") continue;
      frames ??= eventFrames(events);
      for (const frame of frames) this.sendFrame(session, frame);
    }
  }
}
