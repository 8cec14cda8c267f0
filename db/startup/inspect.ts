import type { ClickHouseMigration } from "../clickhouse/migrate";
import type { Drift } from "../drift";
import type { PostgresMigration } from "../postgres/migrate";
import type { Stamp } from "../stamp";
import type { StoresConfig } from "./config";
import { connect, type Readings } from "./connect";
import { findDrift, migrationFiles, planClickHouse, planPostgres } from "./schemas";
import { guardUrls } from "./sequence";
import { judgeStamps, settleReadings } from "./stamps";
import type { Stores } from "./stores";

/** What one look at the stores found. Nothing was changed. */
export interface Inspection {
  readings: Readings;
  postgres: { applied: number; pending: PostgresMigration[] };
  /** Null: ClickHouse does not answer. */
  clickhouse: { applied: number; pending: ClickHouseMigration[] } | null;
}

/**
 * The sequence up to the migrations, reading only: URLs, stamps, records of migrations.
 * @throws StartupError as the sequence does
 */
export async function inspect(config: StoresConfig, stores: Stores): Promise<Inspection> {
  guardUrls(config);
  const readings = await settleReadings(stores, await connect(stores));
  judgeStamps(config, readings);
  const files = await migrationFiles();
  const postgres = await planPostgres(stores.db, files);
  const clickhouse =
    readings.clickhouse.state === "unreachable"
      ? null
      : await planClickHouse(stores.clickhouse, files);
  return {
    readings,
    postgres: { applied: files.postgres.length - postgres.length, pending: postgres },
    clickhouse: clickhouse && {
      applied: files.clickhouse.length - clickhouse.length,
      pending: clickhouse,
    },
  };
}

/** Differences of the stores that answer and have no migration pending. */
export function driftOf(stores: Stores, { postgres, clickhouse }: Inspection): Promise<Drift[]> {
  return findDrift({
    ...(postgres.pending.length === 0 ? { db: stores.db } : {}),
    ...(clickhouse?.pending.length === 0 ? { clickhouse: stores.clickhouse } : {}),
  });
}

/** The inspection for a person, one line per store. */
export function describeInspection(
  config: StoresConfig,
  { readings, postgres, clickhouse }: Inspection,
): string[] {
  const { postgres: record, clickhouse: calls, redis } = readings;
  const redisStamp = redis === null ? "no stamp" : "state" in redis ? null : stampText(redis);
  return [
    line("Postgres", config.DATABASE_URL, [
      record.state === "stamped" ? stampText(record.stamp) : "empty",
      migrationText(postgres),
    ]),
    line("ClickHouse", config.CLICKHOUSE_URL, [
      calls.state === "stamped"
        ? stampText(calls.stamp)
        : calls.state === "unstamped"
          ? "empty"
          : "does not answer",
      ...(clickhouse ? [migrationText(clickhouse)] : []),
    ]),
    line("Redis", config.UPSTASH_REDIS_REST_URL, [redisStamp ?? "does not answer"]),
  ];
}

function line(store: string, url: string, facts: readonly string[]): string {
  return `${store.padEnd(11)}${new URL(url).host}: ${facts.join("; ")}`;
}

function stampText({ environment, installation }: Stamp): string {
  return `${environment}, installation ${installation}`;
}

function migrationText({
  applied,
  pending,
}: {
  applied: number;
  pending: readonly { name: string }[];
}): string {
  const names = pending.map(({ name }) => name).join(", ");
  return `${applied} migrations applied${names ? `, to be applied: ${names}` : ""}`;
}
