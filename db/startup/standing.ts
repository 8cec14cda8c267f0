import { type ClickHouse, createClickHouse } from "../clickhouse";
import { pendingClickHouse } from "../clickhouse/migrate";
import { checkClickHouseSchema } from "../clickhouse/schema-check";
import { readClickHouseStamp } from "../clickhouse/stamp";
import type { Drift } from "../drift";
import { MigrationHistoryError, type MigrationName } from "../migration-history";
import { createDatabase, type Database, isPostgresAway } from "../postgres";
import { type GeneratedMigration, pendingPostgres } from "../postgres/migrate";
import { checkPostgresSchema } from "../postgres/schema-check";
import { readPostgresStamp } from "../postgres/stamp";
import { assertOwnStamp, ForeignStampError, type Stamp } from "../stamp";
import type { StoresConfig } from "./config";
import { mayAnswerLater } from "./connect";
import { urlProblems } from "./environment-guard";
import { reasonOf } from "./exit-codes";
import { SharedAnswer } from "./health-shared";

/** What a build knows of its migrations where no files are: names and checksums, in order. */
export interface KnownMigrations {
  postgres: readonly GeneratedMigration[];
  clickhouse: readonly MigrationName[];
}

/** Null: the stores are as this build expects. Else why nothing may be served, for a person; no address, no secret. */
export type Refusal = string | null;

/** Long enough to cost a busy worker nothing, short enough for a roll-back to notice a newer database, ms. */
const RIGHT_MS = 30_000;
/** How soon a worker notices that what was wrong has been mended, ms. */
const WRONG_MS = 2_000;
const TRY_MS = 5_000;
const ABANDONED_MS = 3 * TRY_MS;

/**
 * The startup sequence for a place that has no phase before serving (a worker at the edge): the same
 * questions in the same order, by reading alone, now and again while requests come. A deploy step
 * (`npm run db -- migrate`) does what is to be done; until then, and whenever a store turns out to be
 * behind, ahead, changed or somebody else's, nothing is served. Web APIs only.
 * @returns asks, at most once in a while for all requests of this process; never throws
 */
export function standingOf(config: StoresConfig, known: KnownMigrations): () => Promise<Refusal> {
  const once = { attempts: 1, firstWaitMs: 0 };
  const db = createDatabase(config, { timeoutMs: TRY_MS, retry: once });
  const clickhouse = createClickHouse(config, { timeoutMs: TRY_MS, attempts: 1 });
  let wasRight = false;
  const look = async (): Promise<Refusal> => {
    const [problem] = urlProblems(config.NETRA_ENV, config);
    if (problem !== undefined) return problem;
    try {
      const own = await judgePostgres(db, config, known);
      await judgeClickHouse(clickhouse, own, known);
      wasRight = true;
      return null;
    } catch (error) {
      if (error instanceof Refused) return error.message;
      if (error instanceof ForeignStampError || error instanceof MigrationHistoryError) {
        return `${error.message}.`;
      }
      // An outage of a database that was right is told by each page in its own words.
      return wasRight && isPostgresAway(error) ? null : reasonOf(error);
    }
  };
  const shared = new SharedAnswer(look, {
    sharedMs: (refusal) => (refusal === null ? RIGHT_MS : WRONG_MS),
    abandonedMs: ABANDONED_MS,
  });
  return () => shared.read();
}

class Refused extends Error {}

async function judgePostgres(
  db: Database,
  config: StoresConfig,
  known: KnownMigrations,
): Promise<Stamp> {
  const reading = await readPostgresStamp(db);
  if (reading.state === "unstamped") {
    throw new Refused("Postgres has not been set up yet: run `npm run db -- migrate`.");
  }
  const { stamp } = reading;
  const installation = config.NETRA_INSTALLATION ?? null;
  assertOwnStamp("Postgres", stamp, { environment: config.NETRA_ENV, installation });
  refuseBehind("Postgres", await pendingPostgres(db, known.postgres));
  refuseDrift("Postgres", await checkPostgresSchema(db));
  return stamp;
}

/** One that is away is none of this: analysis then says so itself. */
async function judgeClickHouse(
  clickhouse: ClickHouse,
  own: Stamp,
  known: KnownMigrations,
): Promise<void> {
  try {
    const reading = await readClickHouseStamp(clickhouse);
    if (reading.state === "unstamped") {
      throw new Refused("ClickHouse has not been set up yet: run `npm run db -- migrate`.");
    }
    assertOwnStamp("ClickHouse", reading.stamp, own);
    refuseBehind("ClickHouse", await pendingClickHouse(clickhouse, known.clickhouse));
    refuseDrift("ClickHouse", await checkClickHouseSchema(clickhouse));
  } catch (error) {
    if (!mayAnswerLater(error)) throw error;
  }
}

function refuseDrift(store: string, [first, ...others]: readonly Drift[]): void {
  if (!first) return;
  const places = others.length === 0 ? first.object : `${first.object} and ${others.length} more`;
  throw new Refused(
    `The schema of ${store} is not what this version expects (${places}): see \`npm run db -- validate\`.`,
  );
}

function refuseBehind(store: string, pending: readonly MigrationName[]): void {
  if (pending.length === 0) return;
  const names = pending.map(({ name }) => name).join(", ");
  throw new Refused(`${store} is behind this version: run \`npm run db -- migrate\` (${names}).`);
}
