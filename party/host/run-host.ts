import { type HostOptions, startHost } from "./start-host";
import { sweepFromRecord } from "./sweep";

/**
 * Runs the rooms as this process: says where once they answer, wakes those with unfinished runs, ends
 * with 0 when told to and with 1 when workerd dies, so that a supervisor starts it again.
 * @throws when the rooms do not start
 */
export async function runHost(options: HostOptions): Promise<void> {
  const host = await startHost(options);
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
  sweepFromRecord(options.variables, host.url, console.log).catch((error: unknown) => {
    console.error(`unfinished runs could not be looked up: ${String(error)}`);
  });
}
