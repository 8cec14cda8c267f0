/**
 * The rooms of a production build on one machine. Reads the variables of `.env.example`; binds
 * ROOMS_HOST and ROOMS_PORT (127.0.0.1 and 1999), keeps rooms under NETRA_DATA_DIR (.netra), prints
 * `rooms ready on URL`, and ends with 1 when workerd dies, so that a supervisor starts it again.
 * The first argument names another bundle than the one of `npm run build`.
 */
import { parseConfig } from "../../db/startup/config";
import { roomVariables } from "./room-variables";
import { startHost } from "./start-host";
import { sweepFromRecord } from "./sweep";

const { env } = process;
const variables = roomVariables(env);

try {
  parseConfig(variables);
  const host = await startHost({
    dataDir: env.NETRA_DATA_DIR || ".netra",
    host: env.ROOMS_HOST || "127.0.0.1",
    port: Number(env.ROOMS_PORT || 1999),
    variables,
    ...(process.argv[2] ? { bundle: process.argv[2] } : {}),
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    // Miniflare's own hook would end the process before workerd has closed the rooms' storage.
    process.removeAllListeners(signal);
    process.once(signal, () => void host.stop().then(() => process.exit(0)));
  }
  void host.died.then(() => {
    console.error("workerd ended by itself");
    process.exit(1);
  });
  console.log(`rooms ready on ${host.url}`);
  sweepFromRecord(variables, host.url, console.log).catch((error: unknown) => {
    console.error(`unfinished runs could not be looked up: ${String(error)}`);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
