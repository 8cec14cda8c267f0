import { createInterface } from "node:readline/promises";
import { describeDrift } from "../db/drift";
import type { StoresConfig } from "../db/startup/config";
import { reasonOf, StartupError } from "../db/startup/exit-codes";
import { driftOf, inspect } from "../db/startup/inspect";
import { adoptStore, mend, unstampedStores } from "../db/startup/repair";
import { guardUrls } from "../db/startup/sequence";
import type { Stores } from "../db/startup/stores";

/**
 * `npm run db -- repair`: stamps stores that carry no stamp, and runs the statements that mend the
 * schema, each after asking. @throws StartupError when something stays as it was
 */
export async function repair(config: StoresConfig, stores: Stores): Promise<void> {
  guardUrls(config);
  for (const store of await unstampedStores(stores)) {
    const question = `${store} at ${hostOf(config, store)} holds tables but no stamp. Is it this ${config.NETRA_ENV} installation's?`;
    if (!(await agrees(config, question))) throw unchanged();
    await adoptStore(stores, config, store);
    console.log(`${store} is stamped.`);
  }
  const found = await inspect(config, stores);
  const drifts = await driftOf(stores, found);
  const pending = found.postgres.pending.length + (found.clickhouse?.pending.length ?? 0);
  if (drifts.length === 0) {
    console.log(pending > 0 ? "Run `npm run db -- migrate` next." : "Nothing to repair.");
    return;
  }
  console.log(describeDrift(drifts));
  if (drifts.every((drift) => drift.mend === null)) throw left(drifts.length);
  if (!(await agrees(config, "Run these statements?"))) throw unchanged();
  try {
    await mend(stores, drifts);
  } catch (error) {
    throw new StartupError("drift", `A statement failed: ${reasonOf(error)}`, { cause: error });
  }
  const rest = await driftOf(stores, await inspect(config, stores));
  if (rest.length > 0) {
    console.log(describeDrift(rest));
    throw left(rest.length);
  }
  console.log("Repaired: both schemas are as expected.");
}

/** In production by the word itself, so that no habit says yes. */
async function agrees(config: StoresConfig, question: string): Promise<boolean> {
  if (process.argv.includes("--yes")) return true;
  if (!process.stdin.isTTY) {
    throw new StartupError("drift", `${question} Nobody is there to ask: say --yes to agree.`);
  }
  const word = config.NETRA_ENV === "production" ? "production" : "yes";
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} Type ${word} to agree: `)).trim() === word;
  } finally {
    terminal.close();
  }
}

function hostOf(config: StoresConfig, store: "Postgres" | "ClickHouse"): string {
  return new URL(store === "Postgres" ? config.DATABASE_URL : config.CLICKHOUSE_URL).hostname;
}

const unchanged = () => new StartupError("drift", "Nothing was changed.");
const left = (count: number) =>
  new StartupError("drift", `${count} of these need a person: no statement mends them safely.`);
