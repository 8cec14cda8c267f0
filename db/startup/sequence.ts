import type { Stamp } from "../stamp";
import type { StoresConfig } from "./config";
import {
  connect,
  connectClickHouse,
  mayAnswerLater,
  type Readings,
  type Unreachable,
} from "./connect";
import { urlProblems } from "./environment-guard";
import { reasonOf, StartupError } from "./exit-codes";
import { locked } from "./locked";
import { whatIsLeft } from "./look";
import {
  applyClickHouse,
  applyPostgres,
  type MigrationFiles,
  migrationFiles,
  planClickHouse,
  planPostgres,
  requireVersions,
  validate,
} from "./schemas";
import type { StageLog } from "./stages";
import { judgeStamps, settleReadings, stampClickHouse, stampPostgres, stampRedis } from "./stamps";
import { patientClickHouse, type Stores } from "./stores";

/** What a start and a recovery work with. */
export interface Undertaking {
  config: StoresConfig;
  stores: Stores;
  stage: StageLog;
  /** The project's folder with the migration files; by default the one that holds this code. */
  folder?: string | undefined;
}

/** Postgres is right. What else is missing says so. */
export interface Verified {
  stamp: Stamp;
  /** Null: ClickHouse is right. Else why it may not be asked yet. */
  clickhouseMissing: string | null;
}

/** Refuses URLs that speak of another environment. No connection is made. @throws StartupError */
export function guardUrls(config: StoresConfig): void {
  const problems = urlProblems(config.NETRA_ENV, config);
  if (problems.length === 0) return;
  throw new StartupError("environment", `${problems.join("\n")}\nNo connection was made.`);
}

/**
 * Everything that must hold of the stores before a process serves: connected, ours, migrated and as the
 * code expects. Where a look finds all of it so, nothing is changed and no lock taken; else only one
 * process at a time is past the lock. ClickHouse and Redis may be away.
 * @throws StartupError
 */
export async function verifyStores(undertaking: Undertaking): Promise<Verified> {
  const { config, stores, stage, folder } = undertaking;
  const readings = await stage("connect", async (say) => {
    const readings = await settleReadings(stores, await connect(stores));
    judgeStamps(config, readings);
    say(
      `Postgres answers, ClickHouse ${words(readings.clickhouse)}, Redis ${words(readings.redis)}`,
    );
    return readings;
  });
  const files = await migrationFiles(folder);
  return (
    (await lookedAt(undertaking, readings, files)) ?? (await prepare(undertaking, readings, files))
  );
}

/** Right without anything to do, or null. Redis, which may have lost its stamp, gets it without a lock. */
function lookedAt(
  { stores, stage }: Undertaking,
  readings: Readings,
  files: MigrationFiles,
): Promise<Verified | null> {
  const { postgres, clickhouse, redis } = readings;
  return stage("look", async (say) => {
    const left = await whatIsLeft(stores, readings, files);
    if (left !== null || postgres.state !== "stamped") {
      say(`not all is done (${left})`);
      return null;
    }
    if (redis === null) await stampRedis(stores, postgres.stamp);
    const isAway = clickhouse.state === "unreachable";
    say(`${isAway ? "Postgres is" : "Postgres and ClickHouse are"} as expected, nothing to do`);
    return { stamp: postgres.stamp, clickhouseMissing: isAway ? clickhouse.reason : null };
  });
}

/** Does under the lock whatever is left to do, and looks at all of it again. @throws StartupError */
function prepare(
  undertaking: Undertaking,
  { clickhouse }: Readings,
  files: MigrationFiles,
): Promise<Verified> {
  const { config, stores, stage } = undertaking;
  const steps = new ClickHouseSteps(
    undertaking,
    files,
    clickhouse.state === "unreachable" ? clickhouse.reason : null,
  );
  return locked(undertaking, async () => {
    const stamp = await stage("stamps", async (say) => {
      const own = await stampPostgres(stores, config);
      const [redis] = await Promise.all([stampRedis(stores, own), steps.stamp(own)]);
      say(`installation ${own.installation}${redis ? ", Redis not stamped yet" : ""}`);
      return own;
    });
    await stage("migrate Postgres", async (say) => {
      // Both servers must be new enough and both records fit before anything is changed.
      await Promise.all([
        requireVersions({ db: stores.db }),
        planPostgres(stores.db, files),
        steps.plan(),
      ]);
      say(listed(await applyPostgres(stores.db, files)));
    });
    await stage("migrate ClickHouse", async (say) => say(await steps.migrate()));
    await stage("validate", async (say) => {
      await Promise.all([validate({ db: stores.db }, config.NETRA_ENV), steps.validate()]);
      say(steps.missing === null ? "Postgres, ClickHouse" : "Postgres");
    });
    return { stamp, clickhouseMissing: steps.missing };
  });
}

/**
 * The same steps for a ClickHouse that was away, once it answers.
 * @returns why it still may not be asked; null: all is right
 * @throws StartupError when it answers and is wrong
 */
export async function verifyClickHouse(undertaking: Undertaking, stamp: Stamp) {
  const { stores, stage, folder } = undertaking;
  const reading = await connectClickHouse(stores.clickhouse, { attempts: 1, firstWaitMs: 0 });
  if (reading.state === "unreachable") return reading.reason;
  const steps = new ClickHouseSteps(undertaking, await migrationFiles(folder), null);
  return locked(undertaking, async () => {
    await stage("stamps", () => steps.stamp(stamp));
    await stage("migrate ClickHouse", async (say) => {
      await steps.plan();
      say(await steps.migrate());
    });
    await stage("validate", async (say) => {
      await steps.validate();
      say("ClickHouse");
    });
    return steps.missing;
  });
}

/** ClickHouse's part of the sequence. Once it is found to be away, the steps that are left do nothing. */
class ClickHouseSteps {
  constructor(
    private readonly undertaking: Undertaking,
    private readonly files: MigrationFiles,
    public missing: string | null,
  ) {}

  async stamp(own: Stamp): Promise<void> {
    const { stores } = this.undertaking;
    await this.#unlessAway(async () => {
      const reading = await connectClickHouse(stores.clickhouse, { attempts: 1, firstWaitMs: 0 });
      if (reading.state === "unreachable") this.missing = reading.reason;
      else await stampClickHouse(stores, own, reading);
    });
  }

  async plan(): Promise<void> {
    await this.#unlessAway(async () => {
      await requireVersions({ clickhouse: this.undertaking.stores.clickhouse });
      await planClickHouse(this.undertaking.stores.clickhouse, this.files);
    });
  }

  /** What was done, in words. */
  async migrate(): Promise<string> {
    let names: string[] = [];
    await this.#unlessAway(async () => {
      const patient = patientClickHouse(this.undertaking.config);
      try {
        names = await applyClickHouse(patient, this.files);
      } finally {
        await patient.close();
      }
    });
    return this.missing === null ? listed(names) : `later (${this.missing})`;
  }

  async validate(): Promise<void> {
    const { config, stores } = this.undertaking;
    await this.#unlessAway(() => validate({ clickhouse: stores.clickhouse }, config.NETRA_ENV));
  }

  async #unlessAway(work: () => Promise<void>): Promise<void> {
    if (this.missing !== null) return;
    try {
      await work();
    } catch (error) {
      if (!mayAnswerLater(error)) throw error;
      this.missing = reasonOf(error);
    }
  }
}

function words(reading: { state: string } | object | null): string {
  return reading !== null && "state" in reading && reading.state === "unreachable"
    ? `does not (${(reading as Unreachable).reason})`
    : "answers";
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "up to date" : `applied ${names.join(", ")}`;
}
