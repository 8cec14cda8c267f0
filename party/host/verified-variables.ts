import { exitCodes, StartupError, startup } from "../../db/startup";
import { roomVariables } from "./variables";

/**
 * The startup sequence for what runs in workerd. `env` then names the installation that every store
 * belongs to, which each room compares with its own storage. The process ends, and workerd with it,
 * should a store turn out wrong later.
 * @throws StartupError
 */
export async function verified(given: NodeJS.ProcessEnv, { seed }: { seed: boolean }) {
  const { config, stamp } = await startup(given, { log: console.log, onRefused: end, seed });
  return { config, env: { ...given, NETRA_INSTALLATION: stamp.installation } };
}

/** What the rooms read as their environment, once it is verified. @throws StartupError */
export async function verifiedVariables(given: NodeJS.ProcessEnv) {
  const { config, env } = await verified(given, { seed: false });
  return { config, variables: roomVariables(env) };
}

/** Says why on one line and ends with the exit code of the stage. */
export function end(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  // Anything else is workerd's or the port's, which a supervisor's next try may cure.
  process.exit(error instanceof StartupError ? error.exitCode : exitCodes.configuration);
}
