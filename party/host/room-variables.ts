import { type Config, configSchema } from "../../db/startup/config";

/** What only the web server and the host need: the rooms get no more than they use. */
const notForRooms: readonly (keyof Config)[] = [
  "HOST",
  "PORT",
  "ROOMS_HOST",
  "ROOMS_PORT",
  "NETRA_DATA_DIR",
  "OIDC_ISSUER",
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
];

/** The variables of the environment that a room reads, as text, without those that are not set. */
export function roomVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(configSchema.shape).filter(
    (name) => !notForRooms.some((other) => other === name),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
