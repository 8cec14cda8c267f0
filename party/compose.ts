import { type Config, parseConfig } from "../db/startup/config";
import { openGuardedStores } from "../db/startup/guarded-stores";
import { healthOf } from "../db/startup/health";
import { createAnalytics } from "./adapters/analytics";
import { ceilingsOf } from "./adapters/ceilings";
import { createWorkspaceChanges } from "./adapters/changes";
import { openModel } from "./adapters/model/open-model";
import { createOwnCalls } from "./adapters/own-calls";
import { Patience } from "./adapters/patience";
import { createStateCache } from "./adapters/state-cache";
import { createThreadStore } from "./adapters/thread-store";
import { createCrew } from "./agents";
import { systemClock } from "./ports/clock";
import type { Log } from "./ports/room";
import { allowedOrigins } from "./room/authorise";
import { Pace } from "./room/pace";
import type { RoomWiring } from "./room-server";

let wiring: RoomWiring | null = null;

/**
 * The one place where rooms get what they work with. The environment is read once per process.
 * @throws ConfigError
 */
export function composeRooms(env: Record<string, unknown>): RoomWiring {
  wiring ??= wire(parseConfig(env));
  return wiring;
}

function wire(config: Config): RoomWiring {
  const report = jsonLog(config.LOG_LEVEL);
  const { db, clickhouse, redis } = openGuardedStores(config, (error) =>
    report("error", "foreign-store", { error: error.message }),
  );
  const store = createThreadStore(db);
  const model = openModel(config, redis, report);
  const analytics = createAnalytics(clickhouse);
  const changes = createWorkspaceChanges(db);
  return {
    rules: { secret: config.ROOM_TICKET_SECRET, origins: allowedOrigins(config.APP_ORIGIN) },
    stamp: { environment: config.NETRA_ENV, installation: config.NETRA_INSTALLATION ?? null },
    report,
    readiness: () => healthOf(config, { clickhouse, redis }).readiness(),
    services: {
      runCrew: (request, signal) => {
        const { workspaceId: _, ...run } = request;
        const patience = new Patience(systemClock, Math.random);
        return createCrew({
          analytics: analytics.forRun(run),
          datasets: {
            list: (workspaceId) => patience.for(() => store.listDatasets(workspaceId), signal),
          },
          changes: {
            ...changes,
            apply: (order) => patience.for(() => changes.apply(order), signal),
          },
          clock: systemClock,
          model,
          ceilings: ceilingsOf(config),
        })(request, signal);
      },
      store,
      ownCalls: createOwnCalls(clickhouse, db),
      stateCache: createStateCache(redis),
      clock: systemClock,
      pace: new Pace(),
      newId: () => crypto.randomUUID(),
      random: Math.random,
      report,
    },
  };
}

const levels = ["debug", "info", "warn", "error"] as const;

/** One line of JSON per entry, from the configured level up. */
function jsonLog(lowest: Config["LOG_LEVEL"]): Log {
  const from = lowest === "silent" ? levels.length : levels.indexOf(lowest);
  return (level, event, fields) => {
    if (levels.indexOf(level) < from) return;
    console.log(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }));
  };
}
