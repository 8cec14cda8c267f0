import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { MemoryOwnCalls } from "../../party/adapters/memory/own-calls";
import { MemoryRoomStorage } from "../../party/adapters/memory/room-storage";
import { MemoryStateCache } from "../../party/adapters/memory/state-cache";
import type { RunCrew } from "../../party/agents/core/crew";
import { systemClock } from "../../party/ports/clock";
import type { ThreadStore } from "../../party/ports/thread-store";
import { answerRequest } from "../../party/room/http";
import { Pace } from "../../party/room/pace";
import { Room } from "../../party/room/room";

export interface TestRooms {
  url: string;
  stop(): Promise<void>;
}

/** Rooms over HTTP in this process, with a scripted crew, that deliver to `store`. */
export async function startTestRooms({
  secret,
  store,
  runCrew,
}: {
  secret: string;
  store: () => ThreadStore;
  runCrew: RunCrew;
}): Promise<TestRooms> {
  const rooms = new Map<string, Promise<Room>>();
  const roomOf = (threadId: string) => {
    const opened =
      rooms.get(threadId) ??
      Room.open({
        threadId,
        storage: new MemoryRoomStorage(),
        stamp: { environment: "test", installation: "this one" },
        rules: { secret, origins: [] },
        services: {
          runCrew,
          store: store(),
          ownCalls: new MemoryOwnCalls(),
          stateCache: new MemoryStateCache(),
          pace: new Pace(),
          clock: systemClock,
          newId: () => crypto.randomUUID(),
          random: Math.random,
          report: () => {},
        },
      });
    rooms.set(threadId, opened);
    return opened;
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://rooms");
    const body = await text(request);
    const headers = new Headers({ authorization: request.headers.authorization ?? "" });
    const answer = await answerRequest(await roomOf(url.pathname.split("/")[3] ?? ""), {
      url: url.href,
      method: request.method ?? "GET",
      headers,
      text: async () => body,
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
