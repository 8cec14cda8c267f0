import { createServer, type RequestListener, type Server } from "node:http";
import type { Config } from "./config";
import { StartupError } from "./exit-codes";

const UPLOAD_WITHIN_MS = 60 * 60_000;

/** Listens on the configured address. @throws StartupError when it is taken or not allowed */
export function listen(
  handler: RequestListener,
  { HOST, PORT }: Pick<Config, "HOST" | "PORT">,
): Promise<Server> {
  const server = createServer(handler);
  // Uploads of large logs take longer than the 5 minutes that Node gives a request.
  server.requestTimeout = UPLOAD_WITHIN_MS;
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new StartupError("listen", `Cannot listen on ${HOST}:${PORT}: ${error.message}`, {
          cause: error,
        }),
      ),
    );
    server.listen(PORT, HOST, () => resolve(server));
  });
}

/** How long requests under way may take to finish once the process was told to stop. */
const DRAIN_MS = 5_000;

/** On SIGTERM and SIGINT: takes no new connections, lets requests finish, closes the rest and ends with 0. */
export function stopOnSignals(server: Server, close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    server.close(() => {
      close()
        .catch((error: unknown) => console.error("web: closing failed:", error))
        .finally(() => process.exit(0));
    });
    server.closeIdleConnections();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}
