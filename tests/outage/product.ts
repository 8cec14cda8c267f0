import { SignJWT } from "jose";
import { createDatabase } from "../../db/postgres";
import { development } from "../../db/startup/seed-development";
import { buildRooms } from "../../party/host/build-rooms";
import type { NumberedEvent } from "../../party/protocol";
import { TICKET_AUDIENCE } from "../../party/protocol";
import { RoomProcess, SECRET } from "../host/room-process";
import { builtWeb } from "../support/built-web";
import { CookieJar } from "../support/cookie-jar";
import { recordSignIn, TEST_SESSION } from "../support/sign-in";
import { freePort, startWeb } from "../support/web-server";
import type { BreakableStores } from "./breakable-stores";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** The built web server and the built rooms on stores that a test takes away, used by one person. */
export interface RunningProduct {
  origin: string;
  roomsUrl: string;
  /** As the signed-in development user. */
  get(path: string): Promise<Answer>;
  post(path: string, body: BodyInit, headers?: Record<string, string>): Promise<Answer>;
  /** Starts a thread with a question by the page's form; resolves to the thread's id. */
  ask(text: string): Promise<string>;
  /** A further message, handed to the thread's room itself; resolves to the room's status. */
  say(threadId: string, text: string): Promise<number>;
  /** What the thread's room has noted so far. */
  eventsOf(threadId: string): Promise<NumberedEvent[]>;
  output(): string;
  stop(): Promise<void>;
}

export async function startProduct(stores: BreakableStores): Promise<RunningProduct> {
  const build = await builtWeb();
  const bundle = `${stores.dataDir}/worker.js`;
  await buildRooms({ outfile: bundle });
  const [webPort, roomsPort] = await Promise.all([freePort(), freePort()]);
  const env = {
    ...stores.env,
    NETRA_ENV: "development",
    APP_ORIGIN: `http://127.0.0.1:${webPort}`,
    ROOMS_URL: `http://127.0.0.1:${roomsPort}`,
    ROOM_TICKET_SECRET: SECRET,
  };
  const web = await startWeb(build, { ...env, PORT: String(webPort) });
  const rooms = await RoomProcess.start(
    stores.dataDir,
    roomsPort,
    bundle,
    env,
    "party/host/main.ts",
  );
  const { user, workspace } = development;
  await recordSignIn(createDatabase({ DATABASE_URL: stores.env.DATABASE_URL ?? "" }), {
    userId: user.id,
    workspaceId: workspace.id,
  });
  const jar = new CookieJar();
  await (await jar.visit(`${web.origin}/auth/development`)).response.body?.cancel();

  const answered = async (response: Response): Promise<Answer> => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  });
  const post: RunningProduct["post"] = async (path, body, headers) =>
    answered(
      await jar.fetch(`${web.origin}${path}`, {
        method: "POST",
        body,
        headers: { Origin: web.origin, ...headers },
      }),
    );
  return {
    origin: web.origin,
    roomsUrl: rooms.url,
    get: async (path) => answered(await jar.fetch(`${web.origin}${path}`)),
    post,
    async ask(text) {
      const answer = await post("/threads?index", new URLSearchParams({ text }));
      const [, threadId] =
        /^\/threads\/([\w-]{36})$/.exec(answer.headers.get("Location") ?? "") ?? [];
      if (!threadId) throw new Error(`the question was answered ${answer.status}: ${answer.text}`);
      return threadId;
    },
    async say(threadId, text) {
      const response = await fetch(roomAddress(rooms.url, threadId), {
        method: "POST",
        headers: { Authorization: `Bearer ${await ticketFor(threadId)}` },
        body: JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }),
      });
      await response.body?.cancel();
      return response.status;
    },
    async eventsOf(threadId) {
      const response = await fetch(`${roomAddress(rooms.url, threadId)}?after=0`, {
        headers: { Authorization: `Bearer ${await ticketFor(threadId)}` },
      });
      const body = (await response.json()) as { events?: NumberedEvent[] };
      return body.events ?? [];
    },
    output: () => `${web.output()}\n${rooms.lines.join("\n")}`,
    async stop() {
      rooms.child.kill("SIGTERM");
      await Promise.all([rooms.exited, web.stop()]);
    },
  };
}

const roomAddress = (roomsUrl: string, threadId: string) => `${roomsUrl}/parties/main/${threadId}`;

/** As the web server issues it to the development user. */
function ticketFor(threadId: string): Promise<string> {
  const { user, workspace } = development;
  return new SignJWT({
    room: threadId,
    workspace: workspace.id,
    role: "member",
    name: user.name,
    session: TEST_SESSION,
  })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user.id)
    .setJti(crypto.randomUUID())
    .setAudience(TICKET_AUDIENCE)
    .setExpirationTime("60s")
    .sign(new TextEncoder().encode(SECRET));
}
