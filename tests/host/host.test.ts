import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PartySocket } from "partysocket";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { buildRooms } from "../../party/host/build-rooms";
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from "../../party/host/in-workerd";
import { closeCodes, PROTOCOL_VERSION } from "../../party/protocol";
import { isRunning } from "../support/linux-processes";
import { freePort } from "../support/web-server";
import { APP_ORIGIN, closeCodeOf, RoomProcess, until, Visitor } from "./room-process";
import { judgeRun } from "./verdict";

const folder = mkdtempSync(join(tmpdir(), "netra-host-"));
const bundle = join(folder, "worker.js");
const started: RoomProcess[] = [];

async function start(dataDir: string, port: number): Promise<RoomProcess> {
  const rooms = await RoomProcess.start(dataDir, port, bundle);
  started.push(rooms);
  return rooms;
}

const message = (text: string) => ({ type: "message.send", id: crypto.randomUUID(), text });

beforeAll(() => buildRooms({ entry: "tests/host/scripted-rooms.ts", outfile: bundle }));
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill("SIGTERM");
    await exited;
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class BrowserSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    super(url, protocols, { origin: APP_ORIGIN });
  }
}

describe("the rooms in workerd", () => {
  it("run as of the same date and with the same flags as under partykit dev", () => {
    const development = JSON.parse(readFileSync("partykit.json", "utf8"));
    expect(COMPATIBILITY_DATE).toBe(development.compatibilityDate);
    // PartyKit adds nodejs_compat by itself.
    expect(COMPATIBILITY_FLAGS).toEqual(["nodejs_compat", ...development.compatibilityFlags]);
  });

  it("RM1, RM10, RM11: serve partysocket and turn away foreign tickets and Origins", async () => {
    const rooms = await start(join(folder, "a"), await freePort());
    expect(await (await fetch(`${rooms.url}/healthz`)).json()).toEqual({ status: "ok" });
    const ada = new Visitor();
    const socket = new PartySocket({
      host: new URL(rooms.url).host,
      room: ada.threadId,
      query: async () => ({ ticket: await ada.ticket() }),
      WebSocket: BrowserSocket,
    });
    socket.addEventListener("message", ({ data }) => ada.hear(String(data)));
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
      socket.send(JSON.stringify(message("hello")));
    });
    await until(() => ada.runIsOver);
    socket.close();
    expect(ada.events.map(({ seq }) => seq)).toEqual(ada.events.map((_, index) => index + 1));
    expect(ada.count("step-finished")).toBe(6);

    const { ticketRefused, forbidden } = closeCodes;
    const foreign = await ada.ticket(crypto.randomUUID());
    expect(await closeCodeOf(await ada.socketUrl(rooms.url, foreign), APP_ORIGIN)).toBe(forbidden);
    const expired = await ada.ticket(ada.threadId, -10);
    expect(await closeCodeOf(await ada.socketUrl(rooms.url, expired), APP_ORIGIN)).toBe(
      ticketRefused,
    );
    const good = await ada.socketUrl(rooms.url);
    expect(await closeCodeOf(good, "https://evil.example")).toBe(forbidden);
    expect(await closeCodeOf(good, undefined)).toBe(forbidden);
    const stranger = await fetch(`${rooms.url}/parties/main/${ada.threadId}?after=0`, {
      headers: { authorization: `Bearer ${foreign}` },
    });
    expect(stranger.status).toBe(403);
  });

  it("RM21: take a message by POST and go on for longer than an idle room lives", async () => {
    const rooms = await start(join(folder, "b"), await freePort());
    const ada = new Visitor();
    const headers = { authorization: `Bearer ${await ada.ticket()}` };
    const url = `${rooms.url}/parties/main/${ada.threadId}`;
    const posted = await fetch(url, {
      method: "POST",
      headers,
      // 12 tokens of 1.25 s: with nobody watching, an idle room would be gone after 10 s.
      body: JSON.stringify(message("very slow")),
    });
    expect(await posted.json()).toMatchObject({ type: "ack", seq: 1 });
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    const socket = await ada.connect(rooms.url);
    await until(() => ada.runIsOver);
    socket.close();
    expect(ada.count("run-resumed")).toBe(0);
    expect(ada.count("step-finished")).toBe(6);
  });
});

describe.runIf(process.platform === "linux")("death of a process", () => {
  it("RM7: kill -9 of the host in a run: workerd goes too, and the run goes on after a restart", async () => {
    const port = await freePort();
    const dataDir = join(folder, "c");
    const first = await start(dataDir, port);
    const ada = new Visitor();
    const socket = await ada.connect(first.url);
    socket.send(JSON.stringify(message("slow")));
    await until(() => ada.count("step-finished") === 2);
    const workerd = first.workerdPids;
    expect(workerd).toHaveLength(1);
    first.child.kill("SIGKILL");
    const beforeDeath = [...ada.events];
    await until(() => !workerd.some(isRunning), 3_000);

    const second = await start(dataDir, port);
    // Nobody is there: the room's own alarm takes the run up. Then the visitor comes back.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const cameBackAt = Date.now();
    await ada.connect(second.url);
    await until(() => ada.runIsOver);
    const resumed = ada.events.find(({ event }) => event.type === "run-resumed");
    expect(Date.parse(resumed?.at ?? "")).toBeLessThan(cameBackAt);
    expect(ada.count("run-resumed")).toBe(1);
    const stranger = new Visitor(ada.userId, ada.workspaceId, ada.threadId);
    await stranger.connect(second.url);
    await until(() => stranger.runIsOver);
    judgeRun({ events: ada.events, beforeDeath, afterwards: stranger.events });
  }, 60_000);

  it("RM7: kill -9 of workerd ends the host with 1, for its supervisor to see", async () => {
    const rooms = await start(join(folder, "d"), await freePort());
    const [workerd] = rooms.workerdPids;
    process.kill(workerd ?? -1, "SIGKILL");
    expect(await rooms.exited).toBe(1);
    expect(rooms.lines).toContain("workerd ended by itself");
  });

  it("stops with everything it started when told to", async () => {
    const rooms = await start(join(folder, "e"), await freePort());
    const workerd = rooms.workerdPids;
    rooms.child.kill("SIGTERM");
    expect(await rooms.exited).toBe(0);
    expect(workerd.filter(isRunning)).toEqual([]);
  });

  it("ends with 1 and says so when its port is taken", async () => {
    const port = await freePort();
    await start(join(folder, "f"), port);
    await expect(start(join(folder, "g"), port)).rejects.toThrow("Address already in use");
  });
});
