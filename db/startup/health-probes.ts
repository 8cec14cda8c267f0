import { eq, sql as raw } from "drizzle-orm";
import { z } from "zod";
import type { ClickHouse } from "../clickhouse";
import { ask } from "../clickhouse/queries/ask";
import type { Database } from "../postgres";
import { healthProbes } from "../postgres/schema";
import type { RedisCache } from "../redis";

/** A store answered, but not with what was just written. Asking again may help. */
export class ProbeMismatchError extends Error {
  override readonly name = "ProbeMismatchError";
  readonly retryable = true;
  constructor(readonly store: string) {
    super(`${store} did not give back what was just written`);
  }
}

/** Long enough to read it back, short enough to leave nothing behind when deleting fails. */
const REDIS_PROBE_SECONDS = 10;

/**
 * Writes a row, reads it back and deletes it, in one transaction: its commit has to reach the disk.
 * Resolves to the server's version. @throws PostgresError, ProbeMismatchError
 */
export async function probePostgres(db: Database): Promise<string> {
  const id = crypto.randomUUID();
  const [, read, , version] = await db.write(
    (sql) =>
      sql.batch([
        sql.insert(healthProbes).values({ id }),
        sql.select({ id: healthProbes.id }).from(healthProbes).where(eq(healthProbes.id, id)),
        sql.delete(healthProbes).where(eq(healthProbes.id, id)),
        sql.execute<{ version: string }>(raw`select current_setting('server_version') as version`),
      ]),
    { idempotent: true },
  );
  if (read[0]?.id !== id) throw new ProbeMismatchError("Postgres");
  return String(version.rows[0]?.version);
}

/** Inserts a row that its TTL removes. Resolves to the server's version. @throws ClickHouse's errors */
export async function probeClickHouse(
  clickhouse: ClickHouse,
  signal: AbortSignal,
): Promise<string> {
  await clickhouse.insert("health_probes", [{ at: Math.floor(Date.now() / 1000) }], { signal });
  const { rows } = await ask(
    clickhouse,
    { name: "version", sql: "SELECT version() AS version", parameters: {} },
    z.object({ version: z.string() }),
    { signal },
  );
  return rows[0]?.version ?? "unknown";
}

/**
 * Writes a key, reads it back and deletes it. Resolves to the server's version, null where it keeps
 * that to itself. @throws RedisUnavailableError, ProbeMismatchError
 */
export async function probeRedis(redis: RedisCache): Promise<string | null> {
  const written = crypto.randomUUID();
  const key = `health:${written}`;
  await redis.set(key, written, { seconds: REDIS_PROBE_SECONDS });
  const [read, version] = await Promise.all([redis.get(key), redis.version()]);
  await redis.delete(key);
  if (read !== written) throw new ProbeMismatchError("Redis");
  return version;
}
