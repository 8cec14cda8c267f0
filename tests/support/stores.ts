import { type ClickHouse, createClickHouse } from "../../db/clickhouse";
import { createDatabase, type Database, type SignedIn, signIn } from "../../db/postgres";
import { prepareStores } from "../../db/startup";
import { startTestEngines } from "../embedded/support";

export interface TestStores {
  db: Database;
  clickhouse: ClickHouse;
  person(name: string): Promise<SignedIn>;
  stop(): Promise<void>;
}

/** A real, migrated PostgreSQL and ClickHouse on folders of their own. */
export async function startTestStores(): Promise<TestStores> {
  const engines = await startTestEngines({});
  const env = { NETRA_ENV: "test", ...(engines.env as Record<string, string>) };
  await prepareStores(env, { log: () => {} });
  const db = createDatabase({ DATABASE_URL: engines.env.DATABASE_URL ?? "" });
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: engines.env.CLICKHOUSE_URL ?? "" });
  return {
    db,
    clickhouse,
    person: (name) => signIn(db, { issuer: "test", subject: name, email: null, name }),
    stop: async () => {
      await clickhouse.close();
      await engines.stop();
    },
  };
}
