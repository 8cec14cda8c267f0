import { type ChildProcess, spawn } from "node:child_process";
import { SignJWT } from "jose";
import { WebSocket } from "ws";
import {
  type NumberedEvent,
  PROTOCOL_VERSION,
  type Role,
  type ServerMessage,
  serverMessageSchema,
  TICKET_AUDIENCE,
} from "../../party/protocol";
import { childrenOf, commandOf, isRunning } from "../support/linux-processes";
import { TEST_SESSION } from "../support/sign-in";
import { FAIL_POINT_REACHED } from "./fail-point";

export const APP_ORIGIN = "http://127.0.0.1:3000";
export const SECRET = "a-secret-of-at-least-thirty-two-characters";

/**
 * The rooms' host as a process of its own, or the deployable unit, whose folder `bundle` then is: with `main`
 * the real entry, else the one for scripted rooms.
 */
export class RoomProcess {
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
  ) {
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => this.lines.push(...String(data).split("\n")));
    }
  }

  /** Starts it and waits for its ready line. `env` replaces what names no real engine. */
  static async start(
    dataDir: string,
    port: number,
    bundle: string,
    env: Record<string, string> = {},
    main = "tests/host/scripted-main.ts",
  ): Promise<RoomProcess> {
    const child = spawn(process.execPath, ["--import", "tsx", main, bundle], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "test",
        NETRA_ENV: "test",
        NETRA_DATA_DIR: dataDir,
        PORT: String(port),
        ROOMS_PORT: String(port),
        APP_ORIGIN,
        ROOMS_URL: `http://127.0.0.1:${port}`,
        ROOM_TICKET_SECRET: SECRET,
        // Nobody listens there: these rooms use no engine, and the sweep finds no record.
        DATABASE_URL: "postgres://nobody:none@127.0.0.1:9/none",
        CLICKHOUSE_URL: "http://127.0.0.1:9",
        UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
        UPSTASH_REDIS_REST_TOKEN: "none",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const rooms = new RoomProcess(child, `http://127.0.0.1:${port}`);
    let over = false;
    void rooms.exited.then(() => {
      over = true;
    });
    const isReady = () => rooms.lines.some((line) => /^(rooms|edge worker) ready on /.test(line));
    await until(() => over || isReady()).catch(() => child.kill("SIGKILL"));
    if (!isReady()) throw new Error(`The rooms did not start:\n${rooms.lines.join("\n")}`);
    return rooms;
  }

  /** `kill -9` of the whole of it; resolves when it is gone. Linux only. */
  async kill(): Promise<void> {
    const pids = this.workerdPids;
    this.child.kill("SIGKILL");
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await this.exited;
    await until(() => !pids.some(isRunning));
  }

  /** Waits until it stands still at its fail point, and kills it there. */
  async dieAtFailPoint(): Promise<void> {
    await until(() => this.lines.some((line) => line.includes(FAIL_POINT_REACHED)));
    await this.kill();
  }

  /** Process ids of this host's workerd. Linux only. */
  get workerdPids(): number[] {
    return childrenOf(this.child.pid ?? -1).filter((pid) => commandOf(pid).includes("workerd"));
  }
}

/** A person in one thread. */
export class Visitor {
  constructor(
    readonly userId: string = crypto.randomUUID(),
    readonly workspaceId: string = crypto.randomUUID(),
    readonly threadId: string = crypto.randomUUID(),
    readonly role: Role = "member",
    readonly session: string = TEST_SESSION,
    private readonly version: number = PROTOCOL_VERSION,
  ) {}
  /** Events of every connection, in the order they came. */
  readonly events: NumberedEvent[] = [];
  #answers: ServerMessage[] = [];

  ticket(room = this.threadId, lifetimeSeconds = 60): Promise<string> {
    const { workspaceId: workspace, role, session } = this;
    return new SignJWT({ room, workspace, session, role, name: "Ada" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(this.userId)
      .setJti(crypto.randomUUID())
      .setAudience(TICKET_AUDIENCE)
      .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeSeconds)
      .sign(new TextEncoder().encode(SECRET));
  }

  async socketUrl(roomsUrl: string, ticket?: string): Promise<string> {
    const url = new URL(`/parties/main/${this.threadId}`, roomsUrl.replace("http", "ws"));
    url.searchParams.set("ticket", ticket ?? (await this.ticket()));
    return url.href;
  }

  /** Connects and says hello with the last event this visitor has. */
  async connect(roomsUrl: string): Promise<WebSocket> {
    const socket = new WebSocket(await this.socketUrl(roomsUrl), { origin: APP_ORIGIN });
    socket.on("message", (data) => this.hear(String(data)));
    socket.on("error", () => {});
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("close", reject);
    });
    const lastSeq = this.events.at(-1)?.seq ?? 0;
    socket.send(JSON.stringify({ type: "hello", v: this.version, lastSeq }));
    return socket;
  }

  hear(frame: string): void {
    const message = serverMessageSchema.parse(JSON.parse(frame));
    this.#answers.push(message);
    if (message.type === "events" || message.type === "snapshot") {
      this.events.push(...message.events);
    }
  }

  heard(type: ServerMessage["type"]): ServerMessage[] {
    return this.#answers.filter((message) => message.type === type);
  }

  count(type: string): number {
    return this.events.filter(({ event }) => event.type === type).length;
  }

  get runIsOver(): boolean {
    return this.events.at(-1)?.event.type === "run-finished";
  }
}

/** The close code with which the room turns a socket away. */
export function closeCodeOf(url: string, origin: string | undefined): Promise<number> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  return new Promise((resolve, reject) => {
    socket.once("close", (code) => resolve(code));
    socket.once("error", reject);
  });
}

export async function until(condition: () => boolean, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
