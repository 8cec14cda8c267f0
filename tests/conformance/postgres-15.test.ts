import { describe } from "vitest";
import { startTestEngines } from "../embedded/support";
import { missing, startPostgres15 } from "../support/debian-servers";
import { postgresCases } from "./postgres-cases";

const only = { clickhouse: false, redis: false };

// A file of its own: drizzle changes the driver's parsers for the whole process.
describe.skipIf(missing.postgres15)(
  `PostgreSQL 15 behind the Neon endpoint${missing.postgres15 ? `: ${missing.postgres15}` : ""}`,
  () => {
    postgresCases(async () => {
      const server = await startPostgres15();
      const engines = await startTestEngines({ only, upstream: { postgresUrl: server.url } });
      return {
        ...engines,
        stop: async () => {
          await engines.stop();
          await server.stop();
        },
      };
    });
  },
);
