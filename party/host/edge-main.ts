/**
 * The deployable unit of `npm run build:edge` on this machine, after what a deploy does first: the startup
 * sequence of db/startup. Reads the variables of `.env.example`; binds HOST and PORT, keeps rooms under
 * NETRA_DATA_DIR, prints `edge worker ready on URL`, and ends with 1 when workerd dies. The first argument
 * names another folder than the one of `npm run build:edge`.
 */
import { HOUSEKEEPING, SCHEDULE_EVERY_MS } from "../schedule";
import { liveAndDieWith } from "./run-host";
import { startEdge } from "./start-edge";
import { workerVariables } from "./variables";
import { end, verified } from "./verified-variables";

try {
  const { config, env } = await verified(process.env, { seed: true });
  const worker = await startEdge({
    dataDir: config.NETRA_DATA_DIR,
    host: config.HOST,
    port: config.PORT,
    variables: workerVariables(env),
    ...(process.argv[2] ? { folder: process.argv[2] } : {}),
  });
  liveAndDieWith(worker);
  setInterval(() => {
    worker.scheduled(HOUSEKEEPING).catch((error: unknown) => console.error(String(error)));
  }, SCHEDULE_EVERY_MS).unref();
  console.log(`edge worker ready on ${worker.url}`);
} catch (error) {
  end(error);
}
