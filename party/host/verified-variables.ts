import { exitCodes, StartupError, startup } from "../../db/startup";
import { roomVariables } from "./room-variables";

/**
 * The startup sequence for the rooms, and what they then read as their environment: with the
 * installation that every store belongs to, which each room compares with its own storage. The process
 * ends, and the rooms with it, should a store turn out wrong later.
 * @throws StartupError
 */
export async function verifiedVariables(env: NodeJS.ProcessEnv) {
  const { config, stamp } = await startup(env, { log: console.log, onRefused: end, seed: false });
  const variables = roomVariables({ ...env, NETRA_INSTALLATION: stamp.installation });
  return { config, variables };
}

/** Says why on one line and ends with the exit code of the stage. */
export function end(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  // Anything else is workerd's or the port's, which a supervisor's next try may cure.
  process.exit(error instanceof StartupError ? error.exitCode : exitCodes.configuration);
}
