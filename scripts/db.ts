/**
 * `npm run db -- …`: the stages of a start by hand, on the stores that the environment names, else on
 * those of a running `npm run dev`, else on the embedded ones of the data folder.
 *
 *   status     what stands in each store; changes nothing
 *   plan       the SQL that `migrate` would run; changes nothing
 *   migrate    stamps, migrates and validates, as every start of the web server does; for deploys to
 *              the edge, which have no start
 *   validate   compares the live schemas with the code; changes nothing
 *   repair     shows the SQL that mends what `validate` found and runs it after asking (`--yes`: at once)
 *   reset      removes the embedded engines' data, so that the next start begins afresh
 *
 * Ends with the exit codes of db/startup/exit-codes.ts.
 */
import { existsSync } from "node:fs";
import { describeDrift } from "../db/drift";
import { prepareStores, readConfig } from "../db/startup";
import { parseStoresConfig, type StoresConfig } from "../db/startup/config";
import { exitCodes, StartupError } from "../db/startup/exit-codes";
import { describeInspection, driftOf, inspect } from "../db/startup/inspect";
import { openStores, type Stores } from "../db/startup/stores";
import { openEngines } from "../party/cli/engines";
import { repair } from "./db-repair";
import { reset } from "./db-reset";

const say = (line: string) => console.log(line);
const note = (line: string) => console.error(line);

async function status(config: StoresConfig, stores: Stores): Promise<void> {
  say(`Environment ${config.NETRA_ENV}`);
  const found = await inspect(config, stores);
  for (const line of describeInspection(config, found)) say(line);
  const drifts = await driftOf(stores, found);
  if (drifts.length > 0) throw new StartupError("drift", describeDrift(drifts));
  const pending = found.postgres.pending.length + (found.clickhouse?.pending.length ?? 0);
  if (pending === 0) say("Schemas as expected.");
}

async function validate(config: StoresConfig, stores: Stores): Promise<void> {
  const found = await inspect(config, stores);
  const pending = [...found.postgres.pending, ...(found.clickhouse?.pending ?? [])];
  if (pending.length > 0) {
    const names = pending.map(({ name }) => name).join(", ");
    throw new StartupError(
      "migration",
      `Not applied yet: ${names}. Run \`npm run db -- migrate\`.`,
    );
  }
  if (!found.clickhouse) throw new StartupError("clickhouse", "ClickHouse does not answer.");
  const drifts = await driftOf(stores, found);
  if (drifts.length > 0) throw new StartupError("drift", describeDrift(drifts));
  say("Both schemas are as expected.");
}

async function plan(config: StoresConfig, stores: Stores): Promise<void> {
  const { postgres, clickhouse } = await inspect(config, stores);
  for (const { name, statements } of postgres.pending) {
    say(`-- Postgres: ${name}\n${statements.map((one) => one.trim()).join("\n")}\n`);
  }
  for (const { name, sql } of clickhouse?.pending ?? []) {
    say(`-- ClickHouse: ${name}\n${sql.trim()};\n`);
  }
  if (clickhouse === null) note("ClickHouse does not answer: its part is not known.");
  else if (postgres.pending.length + clickhouse.pending.length === 0) say("-- Nothing to do.");
}

async function migrate(env: Record<string, string | undefined>): Promise<void> {
  const { stamp } = await prepareStores(env, { log: note });
  say(`Ready: ${stamp.environment}, NETRA_INSTALLATION=${stamp.installation}`);
}

const commands = { status, plan, validate, repair };

async function run(command: string): Promise<void> {
  if (command === "reset") return reset();
  const named = Object.entries(commands).find(([name]) => name === command)?.[1];
  if (!named && command !== "migrate") {
    note("Usage: npm run db -- status | plan | migrate | validate | repair [--yes] | reset");
    process.exitCode = exitCodes.configuration;
    return;
  }
  const engines = await enginesFor(process.env);
  try {
    if (!named) return await migrate(engines.env);
    const config = readConfig(() => parseStoresConfig(engines.env));
    const stores = openStores(config);
    try {
      await named(config, stores);
    } finally {
      await stores.clickhouse.close();
    }
  } finally {
    await engines.close();
  }
}

/** In production a variable that is not set is a mistake, not a wish for embedded engines. */
async function enginesFor(env: NodeJS.ProcessEnv) {
  const embeds = env.NETRA_ENV !== "production" || env.NETRA_EMBEDDED === "1";
  return embeds ? openEngines(env, note) : { env, close: async () => {} };
}

if (existsSync(".env")) process.loadEnvFile(".env");
try {
  await run(process.argv[2] ?? "");
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  note(error.message);
  process.exitCode = error.exitCode;
}
