import { type Config, configSchema } from "../../db/startup/config";

/** What only a process on a machine has. */
const ofProcesses = ["HOST", "PORT", "ROOMS_HOST", "ROOMS_PORT", "NETRA_DATA_DIR"] as const;
/** What only those who sign people in need: the rooms get no more than they use. */
const ofSignIn = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] as const;

/** The variables of the environment that a room reads, as text, without those that are not set. */
export function roomVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return variablesWithout([...ofProcesses, ...ofSignIn], env);
}

/** The variables that the app and the rooms in one worker read. */
export function workerVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return variablesWithout(ofProcesses, env);
}

function variablesWithout(
  left: readonly (keyof Config)[],
  env: NodeJS.ProcessEnv,
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
