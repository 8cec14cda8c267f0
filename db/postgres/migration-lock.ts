import { sql as raw } from "drizzle-orm";
import type { Database } from "./client";

/** Any number, the same in every process: who holds this lock checks and changes the stores. */
const LOCK = 6_387_202;
const LOOK_AGAIN_MS = 100;
/** Longer than any migration should take; beyond it somebody should look. */
const WAIT_MS = 15 * 60_000;
const HEARTBEAT_MS = 5_000;
/** A holder whose machine vanished without closing the connection is dropped after so long. */
const SILENCE = "30s";

/** Another process has held the migration lock for too long. */
export class MigrationLockTimeoutError extends Error {
  override readonly name = "MigrationLockTimeoutError";
  readonly retryable = true;
  constructor(readonly waitedMs: number) {
    super(`Another process has been migrating for ${Math.round(waitedMs / 60_000)} minutes`);
  }
}

/**
 * Runs `work` while no other process does: at most one in all processes that share this Postgres. The
 * lock lives in a transaction of its own, because a lock of the session does not hold behind a
 * connection pooler; when its process dies the connection breaks and the lock is free. Those who wait
 * ask again and again instead of blocking, so that their wait has no statement to time out.
 * @throws MigrationLockTimeoutError, PostgresError, and whatever `work` throws
 */
export function withMigrationLock<T>(
  db: Database,
  work: () => Promise<T>,
  { onWait = () => {}, waitMs = WAIT_MS }: { onWait?: () => void; waitMs?: number } = {},
): Promise<T> {
  return db.transaction(async (sql) => {
    const startedAt = Date.now();
    for (let tries = 0; ; tries++) {
      const { rows } = await sql.execute<{ taken: boolean }>(
        raw`select set_config('idle_in_transaction_session_timeout', ${SILENCE}, true),
          pg_try_advisory_xact_lock(${LOCK}) as taken`,
      );
      if (rows[0]?.taken) break;
      if (tries === 0) onWait();
      if (Date.now() - startedAt > waitMs) throw new MigrationLockTimeoutError(waitMs);
      await pause(LOOK_AGAIN_MS * (0.5 + Math.random()));
    }
    const heartbeat = setInterval(() => {
      // A broken connection shows when the transaction ends.
      sql.execute(raw`select 1`).then(undefined, () => {});
    }, HEARTBEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
    }
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
