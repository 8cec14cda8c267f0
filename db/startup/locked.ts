import { MigrationLockTimeoutError, withMigrationLock } from "../postgres/migration-lock";
import { reasonOf, StartupError } from "./exit-codes";
import type { StageLog } from "./stages";
import type { Stores } from "./stores";

/**
 * Runs the work as the only process; the line of the stage tells how long the lock was waited for.
 * @throws StartupError
 */
export async function locked<T>(
  { stores, stage }: { stores: Stores; stage: StageLog },
  work: () => Promise<T>,
): Promise<T> {
  let isTaken = () => {};
  let outcome = "taken";
  const taken = new Promise<void>((resolve) => {
    isTaken = resolve;
  });
  const running = withMigrationLock(
    stores.db,
    async () => {
      isTaken();
      await waiting;
      return work();
    },
    {
      onWait: () => {
        outcome = "taken after another process";
      },
    },
  );
  const waiting = stage("lock", async (say) => {
    await Promise.race([taken, running]);
    say(outcome);
  });
  try {
    const [result] = await Promise.all([running, waiting]);
    return result;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    if (error instanceof MigrationLockTimeoutError) {
      throw new StartupError("migration", `${error.message}.`, { cause: error });
    }
    throw new StartupError("postgres", `Postgres failed during the start: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
