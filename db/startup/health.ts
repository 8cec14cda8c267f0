import type { ClickHouse } from "../clickhouse";
import { checkClickHouseSchema } from "../clickhouse/schema-check";
import type { Drift } from "../drift";
import { createDatabase, type Database } from "../postgres";
import { checkPostgresSchema } from "../postgres/schema-check";
import { catalogueDate, catalogueVersion } from "../prices";
import type { RedisCache } from "../redis";
import { ForeignStampError } from "../stamp";
import type { Config } from "./config";
import { probeClickHouse, probePostgres, probeRedis } from "./health-probes";
import { SharedAnswer } from "./health-shared";

export type StoreName = "postgres" | "clickhouse" | "redis";

export interface StoreHealth {
  /**
   * `up`: what was written came back. `down`: no answer, or none in time, or the write failed.
   * `wrong`: it answers, but its schema or its stamp is not ours, so nothing may be served from it.
   */
  state: "up" | "down" | "wrong";
  /** Without it nothing can be served; without the others less. */
  required: boolean;
  /** How long the probe took, or how long was waited for it, ms. */
  latencyMs: number;
  /** Of the server; null when it did not say. */
  version: string | null;
  /** `current`: as the code expects. `drifted`: not so. `unknown`: could not be read. Redis has none. */
  schema: "current" | "drifted" | "unknown" | "none";
  /** What is wrong, for a person; holds no address, name or secret. Null when `up`. */
  problem: string | null;
}

export interface Readiness {
  /** `degraded`: served, with less. `unavailable`: must get no traffic; answered with 503. */
  status: "ready" | "degraded" | "unavailable";
  /** Whether this process can take traffic. */
  ready: boolean;
  stores: Record<StoreName, StoreHealth>;
  prices: {
    catalogue: string;
    /** Day on which the catalogue was published, YYYY-MM-DD. */
    published: string;
    ageDays: number;
  };
}

export interface Health {
  /** The state of everything, at most a second old. Never throws; safe to ask at any rate. */
  readiness(): Promise<Readiness>;
}

/** What the probes work with. */
export interface HealthSources {
  db: Database;
  clickhouse: ClickHouse;
  redis: RedisCache;
  checkPostgres: (db: Database) => Promise<readonly Drift[]>;
  checkClickHouse: (clickhouse: ClickHouse) => Promise<readonly Drift[]>;
  now?: () => number;
}

/** Many probes at once ask the stores once. */
const SHARED_MS = 1_000;
/** Schemas change rarely; reading them costs more than the rest of the probe. */
const SCHEMA_SHARED_MS = 5_000;
/** A store that needs longer counts as down. */
const PATIENCE_MS = 1_500;
const ABANDONED_MS = 2 * PATIENCE_MS;
const DAY_MS = 24 * 60 * 60 * 1_000;

const known = new WeakMap<Config, Health>();

/**
 * The health of the stores that a process works on; the same for every caller with its configuration.
 * ClickHouse and Redis are asked through the process's own clients, which look at the stamp of a store
 * that came back before they touch it. Postgres is asked through one that gives up when a probe does,
 * so that a frozen server does not gather waiting requests.
 */
export function healthOf(
  config: Config,
  { clickhouse, redis }: { clickhouse: ClickHouse; redis: RedisCache },
): Health {
  const health =
    known.get(config) ??
    createHealth({
      db: createDatabase(config, {
        timeoutMs: PATIENCE_MS,
        retry: { attempts: 2, firstWaitMs: 50 },
      }),
      clickhouse,
      redis,
      checkPostgres: checkPostgresSchema,
      checkClickHouse: checkClickHouseSchema,
    });
  known.set(config, health);
  return health;
}

export function createHealth(sources: HealthSources): Health {
  const { db, clickhouse, redis, now = Date.now } = sources;
  const schemaTimes = { sharedMs: SCHEMA_SHARED_MS, abandonedMs: ABANDONED_MS };
  const postgresSchema = new SharedAnswer(() => sources.checkPostgres(db), schemaTimes);
  const clickhouseSchema = new SharedAnswer(() => sources.checkClickHouse(clickhouse), schemaTimes);

  const probeAll = async (): Promise<Readiness> => {
    const [postgres, calls, cache] = await Promise.all([
      storeHealth({
        required: true,
        probe: () => probePostgres(db),
        schema: () => postgresSchema.read(),
      }),
      storeHealth({
        required: false,
        probe: (signal) => probeClickHouse(clickhouse, signal),
        schema: () => clickhouseSchema.read(),
      }),
      storeHealth({
        required: false,
        probe: () => probeRedis(redis),
        schema: null,
      }),
    ]);
    const stores = { postgres, clickhouse: calls, redis: cache };
    const status = statusOf(Object.values(stores));
    const ageMs = now() - Date.parse(catalogueDate);
    return {
      status,
      ready: status !== "unavailable",
      stores,
      prices: {
        catalogue: catalogueVersion,
        published: catalogueDate,
        ageDays: Math.max(0, Math.floor(ageMs / DAY_MS)),
      },
    };
  };
  const shared = new SharedAnswer(probeAll, { sharedMs: SHARED_MS, abandonedMs: ABANDONED_MS });
  return { readiness: () => shared.read() };
}

function statusOf(stores: readonly StoreHealth[]): Readiness["status"] {
  if (stores.some(({ state, required }) => state === "wrong" || (required && state === "down"))) {
    return "unavailable";
  }
  return stores.every(({ state }) => state === "up") ? "ready" : "degraded";
}

interface StoreProbe {
  required: boolean;
  probe: (signal: AbortSignal) => Promise<string | null>;
  /** The differences from the code's schema; null for a store without one. */
  schema: (() => Promise<readonly Drift[]>) | null;
}

/** The schema is asked first: a probe that lacks its table would look like a store that is down. */
async function storeHealth({ required, probe, schema }: StoreProbe): Promise<StoreHealth> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const health: StoreHealth = {
    state: "up",
    required,
    latencyMs: 0,
    version: null,
    schema: schema === null ? "none" : "unknown",
    problem: null,
  };
  try {
    await within(signal, async () => {
      const differences = (await schema?.()) ?? [];
      if (schema !== null) health.schema = differences.length === 0 ? "current" : "drifted";
      if (differences.length > 0) {
        health.state = "wrong";
        health.problem = `its schema differs in ${differences.length} ${differences.length === 1 ? "place" : "places"} from what this version expects`;
        return;
      }
      const probeStartedAt = performance.now();
      health.version = await probe(signal);
      health.latencyMs = Math.round(performance.now() - probeStartedAt);
    });
  } catch (error) {
    health.state = isForeign(error) ? "wrong" : "down";
    health.problem = problemOf(error, signal);
  }
  if (health.latencyMs === 0) health.latencyMs = Math.round(performance.now() - startedAt);
  return health;
}

async function within(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  await Promise.race([work(), late]);
}

/** What a guarded client throws, or hides as the cause, when a store carries another's stamp. */
function isForeign(error: unknown): boolean {
  return (
    error instanceof ForeignStampError ||
    (error instanceof Error && error.cause instanceof ForeignStampError)
  );
}

function problemOf(error: unknown, signal: AbortSignal): string {
  if (isForeign(error)) return "it belongs to another environment or installation";
  if (signal.aborted) return `no answer within ${PATIENCE_MS} ms`;
  return error instanceof Error ? error.message : "it failed";
}
