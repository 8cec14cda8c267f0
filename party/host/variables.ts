import { type Config, configSchema } from "../../db/startup/config";

/** Variables by name, as a process or a file gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What only a process on a machine has. */
const ofProcesses = ["HOST", "PORT", "ROOMS_HOST", "ROOMS_PORT", "NETRA_DATA_DIR"] as const;
/** What only those who sign people in need: the rooms get no more than they use. */
const ofSignIn = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] as const;

/** The variables of the environment that a room reads, as text, without those that are not set. */
export function roomVariables(env: Environment): Record<string, string> {
  return variablesWithout([...ofProcesses, ...ofSignIn], env);
}

/** The variables that the app and the rooms in one worker read. */
export function workerVariables(env: Environment): Record<string, string> {
  return variablesWithout(ofProcesses, env);
}

function variablesWithout(
  left: readonly (keyof Config)[],
  env: Environment,
): Record<string, string> {
  const names = Object.keys(configSchema.shape).filter(
    (name) => !left.some((other) => other === name),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
