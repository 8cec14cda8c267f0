import { type Config, parseConfig } from "../../db/startup/config";
import { HOUSEKEEPING } from "../schedule";
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from "./in-workerd";
import { type Environment, workerVariables } from "./variables";

/** Variables that are uploaded as secrets, so that nobody reads them in a dashboard or a file. */
const secretNames: ReadonlySet<string> = new Set<keyof Config>([
  "DATABASE_URL",
  "CLICKHOUSE_URL",
  "UPSTASH_REDIS_REST_URL",
  "UPSTASH_REDIS_REST_TOKEN",
  "ROOM_TICKET_SECRET",
  "OIDC_CLIENT_SECRET",
  "OPENAI_API_KEY",
]);

export interface Deployment {
  config: Config;
  /** What wrangler reads beside the worker. Holds no secret. */
  wrangler: Record<string, unknown>;
  /** Uploaded with the worker and kept nowhere else. */
  secrets: Record<string, string>;
}

/**
 * What a deploy to an own Cloudflare account consists of, from the variables of `.env.example`.
 * @throws ConfigError naming each variable that is missing or wrong
 */
export function deploymentOf(given: Environment, name: string): Deployment {
  // The rooms are on the app's own origin.
  const env = { ...given, ROOMS_URL: given.ROOMS_URL || given.APP_ORIGIN };
  const config = parseConfig(env);
  const all = Object.entries(workerVariables(env));
  const { hostname } = new URL(config.APP_ORIGIN);
  return {
    config,
    secrets: Object.fromEntries(all.filter(([variable]) => secretNames.has(variable))),
    wrangler: {
      name,
      main: "worker.js",
      no_bundle: true,
      compatibility_date: COMPATIBILITY_DATE,
      compatibility_flags: COMPATIBILITY_FLAGS,
      assets: { directory: "assets", binding: "ASSETS" },
      durable_objects: { bindings: [{ name: "ROOMS", class_name: "Room" }] },
      migrations: [{ tag: "v1", new_sqlite_classes: ["Room"] }],
      vars: Object.fromEntries(all.filter(([variable]) => !secretNames.has(variable))),
      triggers: { crons: [HOUSEKEEPING] },
      observability: { enabled: true },
      ...(hostname.endsWith(".workers.dev")
        ? { workers_dev: true }
        : { workers_dev: false, routes: [{ pattern: hostname, custom_domain: true }] }),
    },
  };
}
