import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A TCP endpoint that takes everything and never answers, as a server that hangs. */
export interface HangingServer {
  url: string;
  /** Connections on which something was asked. */
  asked(): number;
  stop(): Promise<void>;
}

/** @param port any free one by default */
export async function startHangingServer(port = 0): Promise<HangingServer> {
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("data", () => {
      asked += 1;
    });
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    asked: () => asked,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
