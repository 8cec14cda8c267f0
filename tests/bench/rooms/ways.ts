import { WebSocket } from "ws";
import { PROTOCOL_VERSION, type ServerMessage } from "../../../party/protocol";
import { APP_ORIGIN, type Visitor } from "../../host/room-process";
import { modelTokens } from "./model-stream";
import { Reception } from "./reception";
import { relayId } from "./relay-id";

/** Longer than any turn takes, ms. */
const TURN_WITHIN_MS = 90_000;

/** One way from the model to a client, kept open over many turns. */
export interface Way {
  ask(text: string): Promise<Reception>;
  close(): void;
}

/** The model's own stream, read by the client itself. */
export function rawWay(modelUrl: string): Way {
  return {
    async ask(text) {
      const reception = new Reception();
      for await (const token of modelTokens(modelUrl, text)) reception.hear(token);
      reception.end();
      return reception;
    },
    close: () => {},
  };
}

/** Through a relay that keeps nothing. */
export async function relayWay(roomsUrl: string, name: string): Promise<Way> {
  const socket = await opened(
    new WebSocket(`${roomsUrl.replace("http", "ws")}/parties/main/${relayId(name)}`),
  );
  return wayOver(
    socket,
    (text) => text,
    (data, reception) => {
      const frame: { type: string; text: string } = JSON.parse(data);
      if (frame.type === "broken") throw new Error(`The relay broke: ${frame.text}`);
      if (frame.type === "done") return "ended";
      reception.hear(frame.text);
      return "going on";
    },
  );
}

/** Through a room of Netra. Resolves when the client has caught up. */
export async function roomWay(roomsUrl: string, visitor: Visitor): Promise<Way> {
  const socket = await enterRoom(roomsUrl, visitor);
  await new Promise<void>((resolve) => {
    socket.once("message", () => resolve());
    socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, lastSeq: 0 }));
  });
  return wayOver(
    socket,
    (text) => JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }),
    (data, reception) => {
      const message: ServerMessage = JSON.parse(data);
      if (message.type === "refusal") throw new Error(`The room refused: ${message.code}`);
      if (message.type !== "events") return "going on";
      let state: "going on" | "ended" = "going on";
      for (const { event } of message.events) {
        if (event.type === "text-delta") reception.hear(event.text.join(""));
        if (event.type !== "run-finished") continue;
        if (event.state !== "completed") throw new Error(`The run ${event.state}: ${event.reason}`);
        state = "ended";
      }
      return state;
    },
  );
}

/** A socket into a room of Netra that has said nothing yet. */
export async function enterRoom(roomsUrl: string, visitor: Visitor): Promise<WebSocket> {
  return opened(new WebSocket(await visitor.socketUrl(roomsUrl), { origin: APP_ORIGIN }));
}

function opened(socket: WebSocket): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

function wayOver(
  socket: WebSocket,
  frameOf: (text: string) => string,
  hear: (data: string, reception: Reception) => "going on" | "ended",
): Way {
  return {
    ask: (text) =>
      new Promise((resolve, reject) => {
        const reception = new Reception();
        const tooLate = setTimeout(
          () => settle(() => reject(new Error("The turn did not end"))),
          TURN_WITHIN_MS,
        );
        const settle = (outcome: () => void) => {
          clearTimeout(tooLate);
          socket.off("message", onMessage);
          socket.off("close", onClose);
          outcome();
        };
        const onClose = (code: number) =>
          settle(() => reject(new Error(`The socket closed with ${code}`)));
        const onMessage = (data: unknown) => {
          try {
            if (hear(String(data), reception) === "going on") return;
            reception.end();
            settle(() => resolve(reception));
          } catch (error) {
            settle(() => reject(error));
          }
        };
        socket.on("message", onMessage);
        socket.on("close", onClose);
        socket.send(frameOf(text));
      }),
    close: () => socket.terminate(),
  };
}
