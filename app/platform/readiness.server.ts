import { sql as raw } from "drizzle-orm";
import type { Services } from "./types";

interface StoreState {
  state: "up" | "down";
  /** How long the answer took, or how long was waited for it, ms. */
  latencyMs: number;
  /** Without it Netra can do nothing; without the others it does less. */
  required: boolean;
}

export interface Readiness {
  ready: boolean;
  stores: { postgres: StoreState; clickhouse: StoreState; redis: StoreState };
}

/** Many probes at once ask the stores once. */
const SHARED_MS = 1_000;
/** A store that needs longer counts as down. */
const PATIENCE_MS = 1_500;

const latest = new WeakMap<Services, { at: number; readiness: Promise<Readiness> }>();

/** Asks each store for a sign of life; the answer is shared for a second. Never throws. */
export function readinessOf(services: Services, now = Date.now()): Promise<Readiness> {
  const known = latest.get(services);
  if (known && now - known.at < SHARED_MS) return known.readiness;
  const readiness = probe(services);
  latest.set(services, { at: now, readiness });
  return readiness;
}

async function probe({ db, clickhouse, redis }: Services): Promise<Readiness> {
  const [postgres, calls, cache] = await Promise.all([
    storeState(true, () => db.read((sql) => sql.execute(raw`select 1`))),
    storeState(false, (signal) =>
      clickhouse.query({ name: "ping", sql: "SELECT 1", parameters: {} }, { signal }),
    ),
    storeState(false, () => redis.ping()),
  ]);
  return {
    ready: postgres.state === "up",
    stores: { postgres, clickhouse: calls, redis: cache },
  };
}

async function storeState(
  required: boolean,
  ask: (signal: AbortSignal) => Promise<unknown>,
): Promise<StoreState> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  let state: StoreState["state"] = "up";
  try {
    await Promise.race([ask(signal), late]);
  } catch {
    state = "down";
  }
  return { state, latencyMs: Math.round(performance.now() - startedAt), required };
}
