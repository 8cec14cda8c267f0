/**
 * The process that owns ClickHouse: it is started by `clickhouse.ts`, speaks the HTTP interface on a
 * loopback port, and ends by itself when its parent is gone.
 */
import { createServer } from "node:http";
import { loadClickHouseAddon } from "./clickhouse-addon";
import { ClickHouseEngine } from "./clickhouse-engine";
import { clickHouseHandler } from "./clickhouse-http";
import type { ChildOrder, ChildReport } from "./clickhouse-wire";
import { closeServer, listenOnLoopback } from "./loopback";

function report(message: ChildReport): void {
  process.send?.(message);
}

async function start(order: Extract<ChildOrder, { type: "start" }>): Promise<() => Promise<void>> {
  const engine = new ClickHouseEngine(loadClickHouseAddon(), order.folder, order.limits);
  await engine.createDatabase(order.database);
  const server = createServer(
    clickHouseHandler(engine, {
      user: order.user,
      password: order.password,
      version: await engine.version(),
      bodyLimitBytes: order.bodyLimitBytes,
    }),
  );
  // The clients keep sockets open for 2.5 s; a shorter time here would make them hit closed ones.
  server.keepAliveTimeout = 10_000;
  const port = await listenOnLoopback(server, "ClickHouse", order.port);
  report({ type: "ready", port });
  return async () => {
    // Ends every open connection, which kills the queries behind them.
    await closeServer(server);
    await engine.close();
  };
}

let stop: (() => Promise<void>) | null = null;

async function end(): Promise<never> {
  // A query that cannot be killed must not keep the folder.
  setTimeout(() => process.exit(1), 8_000).unref();
  await stop?.();
  process.exit(0);
}

process.on("message", (order: ChildOrder) => {
  if (order.type === "stop") {
    void end();
    return;
  }
  start(order).then(
    (stopEngine) => {
      stop = stopEngine;
    },
    (error: unknown) => {
      report({ type: "failed", message: error instanceof Error ? error.message : String(error) });
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
process.on("disconnect", () => void end());
// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => void end());
