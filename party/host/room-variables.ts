import { type Config, configSchema } from "../../db/startup/config";

/** What only the web server needs: the rooms get no more than they use. */
const webOnly: readonly (keyof Config)[] = [
  "HOST",
  "PORT",
  "OIDC_ISSUER",
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
];

/** The variables of the environment that a room reads, as text, without those that are not set. */
export function roomVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(configSchema.shape).filter(
    (name) => !webOnly.some((other) => other === name),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
