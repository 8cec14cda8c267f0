import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to an engine that can be counted on and cut. */
export interface TcpProxy {
  port: number;
  /** Connections that were made so far. */
  connections(): number;
  /** Cuts every connection and takes no more, as a server that has gone. */
  cut(): Promise<void>;
  /** Listens again on the same port, in front of the given port or the same one. */
  mend(targetPort?: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Forwards loopback TCP to a port of this machine.
 * @param onSent told before a piece of what a client sends is forwarded
 */
export async function startTcpProxy(
  targetPort: number,
  onSent: () => void = () => {},
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let target = targetPort;
  let connections = 0;
  let server: Server;

  const listen = async (port: number): Promise<number> => {
    server = createServer((client) => {
      connections += 1;
      const upstream = connect({ host: "127.0.0.1", port: target });
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from);
        from.setNoDelay(true);
        from.on("error", () => {});
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
        from.on("data", (piece) => {
          if (from === client) onSent();
          to.write(piece);
        });
      }
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address ? address.port : 0;
  };
  const cut = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  };
  const port = await listen(0);
  return {
    port,
    connections: () => connections,
    cut,
    mend: async (another = target) => {
      target = another;
      await listen(port);
    },
    stop: cut,
  };
}

/** The same URL by way of another port of this machine. */
export function byWayOf(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
