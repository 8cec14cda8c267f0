import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveThread } from "../../app/chat/live-thread";
import type { RoomSocketHandlers } from "../../app/chat/room-socket";
import { PROTOCOL_VERSION, type ServerMessage } from "../../party/protocol";
import { ids, numbered, wholeRun } from "./report-fixture";

const THREAD = "01900000-0000-7000-8000-000000000201";
const MESSAGE = {
  id: "01900000-0000-7000-8000-000000000202",
  text: "And latency?",
  whenBusy: "queue" as const,
};
const events = numbered(wholeRun);

/** Storage of a browser tab. */
class TabStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear = () => this.#items.clear();
  getItem = (key: string) => this.#items.get(key) ?? null;
  key = () => null;
  removeItem = (key: string) => void this.#items.delete(key);
  setItem = (key: string, text: string) => void this.#items.set(key, text);
}

/** The room's end of a socket, worked by hand. */
function open(storage = new TabStorage()) {
  const sent: unknown[] = [];
  let handlers: RoomSocketHandlers | undefined;
  let reconnects = 0;
  const live = new LiveThread({
    threadId: THREAD,
    storage,
    openSocket: (given) => {
      handlers = given;
      return {
        send: (text) => sent.push(JSON.parse(text)),
        reconnect: () => {
          reconnects += 1;
        },
        close: () => {},
      };
    },
  });
  live.start();
  const room = () => {
    if (!handlers) throw new Error("no socket was opened");
    return handlers;
  };
  return {
    live,
    storage,
    sent,
    reconnects: () => reconnects,
    opens: () => room().onOpen(),
    closes: () => room().onClose(null),
    says: (message: ServerMessage) => room().onFrame(JSON.stringify(message)),
    frame: (text: string) => room().onFrame(text),
  };
}

const welcome = (seq: number): ServerMessage => ({
  type: "welcome",
  v: PROTOCOL_VERSION,
  seq,
  activeRunId: null,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the live thread", () => {
  it("says hello first and is caught up once all the room had is in", () => {
    const page = open();
    page.opens();
    expect(page.sent).toEqual([{ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }]);
    page.says(welcome(events.length));
    expect(page.live.snapshot()).toMatchObject({ connection: "live", caughtUp: false });
    page.says({ type: "events", events: events.slice(0, 5) });
    expect(page.live.snapshot().caughtUp).toBe(false);
    page.says({ type: "events", events: events.slice(5) });
    expect(page.live.snapshot().caughtUp).toBe(true);
    expect(page.live.snapshot().view.reports[ids.run]?.title).toBe(
      "Where the money goes in azure.csv",
    );
  });

  it("is caught up at once in an empty room", () => {
    const page = open();
    page.opens();
    page.says(welcome(0));
    expect(page.live.snapshot().caughtUp).toBe(true);
  });

  it("asks for what it lacks after a reconnect", () => {
    const page = open();
    page.opens();
    page.says(welcome(3));
    page.says({ type: "events", events: events.slice(0, 3) });
    page.closes();
    expect(page.live.snapshot().connection).toBe("reconnecting");
    page.opens();
    expect(page.sent.at(-1)).toEqual({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 3 });
  });

  it("connects anew when an event is missing", () => {
    const page = open();
    page.opens();
    page.says(welcome(3));
    page.says({ type: "events", events: events.slice(2, 3) });
    expect(page.reconnects()).toBe(1);
    expect(page.live.snapshot().view.lastSeq).toBe(0);
  });

  it("keeps a message over a reload and sends it under the same id until the room shows it", () => {
    const before = open();
    before.live.send(MESSAGE);
    expect(before.sent).toEqual([]);

    const after = open(before.storage);
    expect(after.live.snapshot().pending).toEqual([{ ...MESSAGE, problem: null }]);
    after.opens();
    after.says(welcome(0));
    expect(after.sent.at(-1)).toEqual({ type: "message.send", ...MESSAGE });
    after.closes();
    after.opens();
    after.says(welcome(0));
    expect(
      after.sent.filter((message) => JSON.stringify(message).includes(MESSAGE.id)),
    ).toHaveLength(2);

    const [first] = wholeRun;
    if (first?.type !== "message-added") throw new Error("the fixture begins with a message");
    const shown = { ...first, message: { ...first.message, id: MESSAGE.id } };
    after.says({ type: "events", events: numbered([shown]) });
    expect(after.live.snapshot().pending).toEqual([]);
    expect(open(before.storage).live.snapshot().pending).toEqual([]);
  });

  it("shows a refused message with the room's words and does not send it by itself again", () => {
    const page = open();
    page.opens();
    page.says(welcome(0));
    page.live.send(MESSAGE);
    page.says({
      type: "refusal",
      id: MESSAGE.id,
      code: "busy",
      text: "20 messages wait.",
      retry: true,
    });
    expect(page.live.snapshot().pending).toEqual([{ ...MESSAGE, problem: "20 messages wait." }]);
    page.closes();
    page.opens();
    page.says(welcome(0));
    expect(page.sent.at(-1)).toEqual({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 });
    page.live.sendAgain(MESSAGE.id);
    expect(page.sent.at(-1)).toEqual({ type: "message.send", ...MESSAGE });
  });

  it("says that a run was not stopped while there is no connection", () => {
    const page = open();
    page.live.cancel(ids.run);
    expect(page.sent).toEqual([]);
    expect(page.live.snapshot().refusal).toMatch(/not stopped/);
  });

  it("counts a silent connection as dead", () => {
    const page = open();
    page.opens();
    page.says(welcome(0));
    vi.advanceTimersByTime(40_000);
    expect(page.sent.at(-1)).toEqual({ type: "ping" });
    vi.advanceTimersByTime(20_000);
    expect(page.reconnects()).toBe(1);
    expect(page.live.snapshot().connection).toBe("reconnecting");
  });

  it("asks for a reload when the room speaks a language it does not know", () => {
    const page = open();
    page.opens();
    page.frame('{"type":"welcome","v":1}');
    expect(page.live.snapshot().connection).toBe("outdated");
  });
});
