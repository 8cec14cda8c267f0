import { SignJWT } from "jose";
import { MemoryOwnCalls } from "../../party/adapters/memory/own-calls";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { MemoryStateCache } from "../../party/adapters/memory/state-cache";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import type { RunCrew } from "../../party/agents/core/crew";
import type { Clock } from "../../party/ports/clock";
import type { OwnCalls } from "../../party/ports/own-calls";
import type { RoomRequest, RoomSocket, RoomStorage } from "../../party/ports/room";
import type { StateCache } from "../../party/ports/state-cache";
import type { ThreadStore } from "../../party/ports/thread-store";
import {
  type NumberedEvent,
  PROTOCOL_VERSION,
  type Role,
  type ServerMessage,
  serverMessageSchema,
  TICKET_AUDIENCE,
} from "../../party/protocol";
import { allowedOrigins } from "../../party/room/authorise";
import { Pace } from "../../party/room/pace";
import { Room } from "../../party/room/room";
import type { RoomStamp } from "../../party/room/stamp";

export const SECRET = "a-secret-of-at-least-thirty-two-characters";
export const ORIGIN = "https://netra.example.com";

/** Time that stands still until it is moved. */
export class HeldClock implements Clock {
  #now = Date.parse("2026-01-05T10:00:00Z");
  #sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Time goes by and nobody wakes yet. */
  pass(ms: number): void {
    this.#now += ms;
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
    await settle();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Storage whose writes can be made to fail or to hang. */
export class TroubledStorage implements RoomStorage {
  /** `fail`: rejects, nothing written. `hang`: waits for `release`. */
  mood: "fine" | "fail" | "hang" = "fine";
  #held: (() => void)[] = [];

  constructor(readonly inner = new MemoryRoomStorage()) {}

  get = (key: string) => this.inner.get(key);
  list: RoomStorage["list"] = (range) => this.inner.list(range);
  setAlarm = (at: number) => this.inner.setAlarm(at);

  async write(change: Parameters<RoomStorage["write"]>[0]): Promise<void> {
    if (this.mood === "fail") throw new Error("disk says no");
    if (this.mood === "hang") await new Promise<void>((resolve) => this.#held.push(resolve));
    await this.inner.write(change);
  }

  async release(): Promise<void> {
    this.mood = "fine";
    for (const go of this.#held.splice(0)) go();
    await settle();
  }
}

/** A socket that keeps what the room sent until the test takes it. */
export class HandSocket implements RoomSocket {
  readonly frames: string[] = [];
  closed: { code: number; reason: string } | null = null;

  constructor(readonly id: string) {}

  send(text: string): void {
    this.frames.push(text);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  get messages(): ServerMessage[] {
    return this.frames.map((frame) => serverMessageSchema.parse(JSON.parse(frame)));
  }

  get events(): NumberedEvent[] {
    return this.messages.flatMap((message) =>
      message.type === "events" || message.type === "snapshot" ? message.events : [],
    );
  }

  /** What the room sent since the last look. */
  take(): ServerMessage[] {
    const messages = this.messages;
    this.frames.length = 0;
    return messages;
  }
}

export interface TicketOptions {
  room?: string;
  role?: Role;
  secret?: string;
  lifetimeSeconds?: number;
  workspace?: string;
  user?: string;
  session?: string;
  /** The ticket's own id; a new one when absent. */
  jti?: string;
}

/** One thread with its storage, which outlives any number of room objects. */
export class Scene {
  readonly threadId = crypto.randomUUID();
  readonly workspaceId = crypto.randomUUID();
  readonly userId = crypto.randomUUID();
  readonly session = "a sign-in";
  readonly clock = new HeldClock();
  readonly logged: string[] = [];
  storage: RoomStorage = new MemoryRoomStorage();
  store: ThreadStore = new MemoryThreadStore();
  ownCalls: OwnCalls = new MemoryOwnCalls();
  stateCache: StateCache = new MemoryStateCache();
  /** Unscripted runs are an error. */
  runCrew: RunCrew = () => {
    throw new Error("No crew is scripted");
  };
  stamp: RoomStamp = { environment: "test", installation: "this one" };
  #sockets = 0;
  readonly #others = new Map<Role, string>();

  openRoom(): Promise<Room> {
    const { clock, store, ownCalls, stateCache } = this;
    return Room.open({
      threadId: this.threadId,
      storage: this.storage,
      stamp: this.stamp,
      rules: { secret: SECRET, origins: allowedOrigins(ORIGIN) },
      services: {
        runCrew: (request, signal) => this.runCrew(request, signal),
        store,
        ownCalls,
        stateCache,
        clock,
        pace: new Pace(),
        newId: () => crypto.randomUUID(),
        random: () => 0.5,
        report: (level, event) => this.logged.push(`${level} ${event}`),
      },
    });
  }

  ticket(options: TicketOptions = {}): Promise<string> {
    const { room = this.threadId, role = "member", secret = SECRET } = options;
    const { lifetimeSeconds = 60, workspace = this.workspaceId, session = this.session } = options;
    return new SignJWT({ room, workspace, role, session, name: "Ada" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(options.user ?? this.#personOf(role))
      .setJti(options.jti ?? crypto.randomUUID())
      .setAudience(TICKET_AUDIENCE)
      .setExpirationTime(Math.floor(this.clock.now() / 1_000) + lifetimeSeconds)
      .sign(new TextEncoder().encode(secret));
  }

  /** One person for each role, as the record knows them. */
  #personOf(role: Role): string {
    if (role === "member") return this.userId;
    const known = this.#others.get(role) ?? crypto.randomUUID();
    this.#others.set(role, known);
    if (this.store instanceof MemoryThreadStore) {
      this.store.members.set(`${this.workspaceId}/${known}`, role);
    }
    return known;
  }

  async request(options: TicketOptions & { origin?: string | null } = {}): Promise<RoomRequest> {
    return visit(`?ticket=${await this.ticket(options)}`, {
      origin: options.origin === undefined ? ORIGIN : options.origin,
    });
  }

  /** A socket in the room; with `lastSeq` it has said hello. */
  async join(room: Room, lastSeq: number | null = 0, options: TicketOptions = {}) {
    const socket = new HandSocket(`socket-${++this.#sockets}`);
    await room.connect(socket, await this.request(options));
    if (lastSeq !== null) await tell(room, socket, { type: "hello", v: PROTOCOL_VERSION, lastSeq });
    return socket;
  }
}

/** A request as the room reads it. */
export function visit(
  pathAndQuery: string,
  {
    origin = null,
    bearer,
    method = "GET",
    body = "",
  }: { origin?: string | null; bearer?: string; method?: string; body?: string } = {},
): RoomRequest {
  const headers = new Map<string, string>();
  if (origin !== null) headers.set("origin", origin);
  if (bearer !== undefined) headers.set("authorization", `Bearer ${bearer}`);
  return {
    url: `https://rooms.example.com/parties/main/room${pathAndQuery}`,
    method,
    headers: { get: (name) => headers.get(name) ?? null },
    text: async () => body,
  };
}

export async function tell(room: Room, socket: RoomSocket, message: unknown): Promise<void> {
  await room.receive(socket.id, typeof message === "string" ? message : JSON.stringify(message));
  await settle();
}

export function send(text: string, id: string = crypto.randomUUID()) {
  return { type: "message.send", id, text };
}

/** Events that outlive compaction. */
export const lasting = (events: readonly NumberedEvent[]) =>
  events.filter(({ event }) => event.type !== "text-delta");
export const typesOf = (events: readonly NumberedEvent[]) => events.map(({ event }) => event.type);
export const seqsOf = (events: readonly NumberedEvent[]) => events.map(({ seq }) => seq);
