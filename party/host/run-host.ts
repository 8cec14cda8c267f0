import type { RunningWorker } from "./in-workerd";
import { type HostOptions, startHost } from "./start-host";
import { sweepFromRecord } from "./sweep";

/**
 * Runs the rooms as this process: says where once they answer and wakes those with unfinished runs.
 * @throws when the rooms do not start
 */
export async function runHost(options: HostOptions): Promise<void> {
  const host = await startHost(options);
  liveAndDieWith(host);
  console.log(`rooms ready on ${host.url}`);
  sweepFromRecord(options.variables, host.url, console.log).catch((error: unknown) => {
    console.error(`unfinished runs could not be looked up: ${String(error)}`);
  });
}

/**
 * This process ends with 0 when it is told to, and with 1 when workerd dies, so that a supervisor starts
 * it again.
 */
export function liveAndDieWith(worker: RunningWorker): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    // Miniflare's own hook would end the process before workerd has closed the rooms' storage.
    process.removeAllListeners(signal);
    process.once(signal, () => void worker.stop().then(() => process.exit(0)));
  }
  void worker.died.then(() => {
    console.error("workerd ended by itself");
    process.exit(1);
  });
}
