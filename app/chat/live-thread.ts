import { v7 as newId } from "uuid";
import {
  type ClientMessage,
  PROTOCOL_VERSION,
  type ServerMessage,
  serverMessageSchema,
} from "../../party/protocol";
import {
  loadPending,
  type OutgoingMessage,
  type PendingMessage,
  savePending,
} from "./pending-messages";
import type { FatalReason, RoomSocket, RoomSocketHandlers } from "./room-socket";
import { emptyThreadView, foldEvents, foldSnapshot, type ThreadView } from "./thread-state";

export type ConnectionState = "connecting" | "live" | "reconnecting" | FatalReason;

export interface LiveThreadSnapshot {
  view: ThreadView;
  /** True once every event the room had at the first welcome is folded in: from then on `view` is the truth. */
  caughtUp: boolean;
  connection: ConnectionState;
  /** Messages sent here that the room has not shown yet. */
  pending: readonly PendingMessage[];
  /** What the room refused other than a message, in its words. */
  refusal: string | null;
  /** Who has the thread open; nobody while there is no connection. */
  people: Attendance;
}

export type Attendance = Pick<Extract<ServerMessage, { type: "presence" }>, "people" | "more">;

const nobody: Attendance = { people: [], more: 0 };

export interface LiveThreadOptions {
  threadId: string;
  openSocket: (handlers: RoomSocketHandlers) => RoomSocket;
  /** Keeps unsent messages over a reload; null where there is none. */
  storage: Storage | null;
}

const PING_EVERY_MS = 20_000;
/** Silence after which a connection counts as dead although nobody closed it. */
const SILENCE_MS = 45_000;

export const idleSnapshot: LiveThreadSnapshot = {
  view: emptyThreadView,
  caughtUp: false,
  connection: "connecting",
  pending: [],
  refusal: null,
  people: nobody,
};

/**
 * The browser's end of a room: says hello with the last number it has, folds what comes, asks again
 * after a gap, and sends unacknowledged messages again after every reconnect (the room takes an id once).
 */
export class LiveThread {
  #snapshot = idleSnapshot;
  #socket: RoomSocket | null = null;
  #listeners = new Set<() => void>();
  #welcomed = false;
  #target: number | null = null;
  #lastFrameAt = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly options: LiveThreadOptions) {}

  readonly snapshot = (): LiveThreadSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    const { threadId, storage } = this.options;
    this.#change({ pending: loadPending(storage, threadId) });
    this.#lastFrameAt = Date.now();
    this.#socket = this.options.openSocket({
      onOpen: () => this.#hello(),
      onFrame: (text) => this.#receive(text),
      onClose: (fatal) => this.#closed(fatal),
    });
    this.#timer = setInterval(() => this.#keepAlive(), PING_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  /** Connects at once instead of waiting for the next attempt. */
  reconnect(): void {
    this.#welcomed = false;
    this.#socket?.reconnect();
  }

  /** Sends a message now, or as soon as the room is there. */
  send(message: OutgoingMessage): void {
    this.#setPending([...this.#snapshot.pending, { ...message, problem: null }]);
    if (this.#welcomed) this.#post(message);
  }

  /** Sends a refused message again under the same id. */
  sendAgain(id: string): void {
    const found = this.#snapshot.pending.find((message) => message.id === id);
    if (!found) return;
    this.#setPending(
      this.#snapshot.pending.map((message) =>
        message.id === id ? { ...message, problem: null } : message,
      ),
    );
    if (this.#welcomed) this.#post(found);
  }

  forget(id: string): void {
    this.#setPending(this.#snapshot.pending.filter((message) => message.id !== id));
  }

  cancel(runId: string): void {
    this.#ask({ type: "run.cancel", runId }, "The run was not stopped");
  }

  /** Asks for a new run of the message whose last run failed or was stopped. */
  retry(runId: string): void {
    this.#ask({ type: "run.retry", id: newId(), runId }, "The run was not retried");
  }

  /** Decides what a run asked about; `values` by field name where some were changed. */
  decide(decision: Omit<Extract<ClientMessage, { type: "approval.give" }>, "type" | "id">): void {
    this.#ask({ type: "approval.give", id: newId(), ...decision }, "Nothing was decided");
  }

  /** Takes back a message that waits for its run. */
  withdraw(messageId: string): void {
    this.#ask({ type: "message.withdraw", messageId }, "The message was not withdrawn");
  }

  dismissRefusal(): void {
    this.#change({ refusal: null });
  }

  #hello(): void {
    this.#lastFrameAt = Date.now();
    this.#write({ type: "hello", v: PROTOCOL_VERSION, lastSeq: this.#snapshot.view.lastSeq });
  }

  #receive(text: string): void {
    this.#lastFrameAt = Date.now();
    const parsed = serverMessageSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      // The room speaks a protocol this page does not know.
      this.#change({ connection: "outdated" });
      this.stop();
      return;
    }
    this.#take(parsed.data);
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#welcomed = true;
        this.#target ??= message.seq;
        this.#change({ connection: "live", ...this.#progress(this.#snapshot.view) });
        for (const message of this.#snapshot.pending) {
          if (message.problem === null) this.#post(message);
        }
        return;
      case "events": {
        const { view, gap } = foldEvents(this.#snapshot.view, message.events);
        this.#show(view);
        if (gap) this.reconnect();
        return;
      }
      case "snapshot":
        this.#show(foldSnapshot(this.#snapshot.view, message));
        return;
      case "refusal":
        this.#refused(message.id, message.text);
        return;
      case "presence":
        this.#change({ people: { people: message.people, more: message.more } });
        return;
      case "ack":
      case "pong":
        return;
    }
  }

  #show(view: ThreadView): void {
    this.#change(this.#progress(view));
    const shown = new Set(view.messages.map(({ id }) => id));
    const left = this.#snapshot.pending.filter(({ id }) => !shown.has(id));
    if (left.length < this.#snapshot.pending.length) this.#setPending(left);
  }

  #refused(id: string | null, text: string): void {
    const { pending } = this.#snapshot;
    if (!pending.some((message) => message.id === id)) {
      this.#change({ refusal: text });
      return;
    }
    this.#setPending(
      pending.map((message) => (message.id === id ? { ...message, problem: text } : message)),
    );
  }

  #closed(fatal: FatalReason | null): void {
    this.#welcomed = false;
    const known = this.#snapshot.connection;
    if (isFatal(known)) return;
    this.#change({ connection: fatal ?? "reconnecting", people: nobody });
  }

  #keepAlive(): void {
    if (!this.#welcomed) return;
    if (Date.now() - this.#lastFrameAt > SILENCE_MS) {
      this.#change({ connection: "reconnecting" });
      this.reconnect();
    } else {
      this.#write({ type: "ping" });
    }
  }

  #progress(view: ThreadView): Pick<LiveThreadSnapshot, "view" | "caughtUp"> {
    const reached = this.#target !== null && view.lastSeq >= this.#target;
    return { view, caughtUp: this.#snapshot.caughtUp || reached };
  }

  #setPending(pending: readonly PendingMessage[]): void {
    savePending(this.options.storage, this.options.threadId, pending);
    this.#change({ pending });
  }

  #post({ id, text, whenBusy, replaces, after }: OutgoingMessage): void {
    if (replaces === undefined) this.#write({ type: "message.send", id, text, whenBusy, after });
    else this.#write({ type: "message.edit", id, replaces, text, whenBusy });
  }

  /** Asks for something that makes sense now or not at all. */
  #ask(message: ClientMessage, otherwise: string): void {
    if (this.#welcomed) this.#write(message);
    else this.#change({ refusal: `${otherwise}: there is no connection. Try again.` });
  }

  #write(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #change(part: Partial<LiveThreadSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const listener of this.#listeners) listener();
  }
}

function isFatal(connection: ConnectionState): connection is FatalReason {
  switch (connection) {
    case "connecting":
    case "live":
    case "reconnecting":
      return false;
    case "signed-out":
    case "forbidden":
    case "deleted":
    case "outdated":
      return true;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
