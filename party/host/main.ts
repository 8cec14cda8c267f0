/**
 * The rooms of a production build on one machine, after the startup sequence of db/startup. Reads the
 * variables of `.env.example`; binds ROOMS_HOST and ROOMS_PORT (127.0.0.1 and 1999), keeps rooms under
 * NETRA_DATA_DIR (.netra), prints `rooms ready on URL`, and ends with 1 when workerd dies, so that a
 * supervisor starts it again. The first argument names another bundle than the one of `npm run build`.
 */
import { runHost } from "./run-host";
import { end, verifiedVariables } from "./verified-variables";

try {
  const { config, variables } = await verifiedVariables(process.env);
  await runHost({
    dataDir: config.NETRA_DATA_DIR,
    host: config.ROOMS_HOST,
    port: config.ROOMS_PORT,
    variables,
    ...(process.argv[2] ? { bundle: process.argv[2] } : {}),
  });
} catch (error) {
  end(error);
}
