import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chance } from "../../db/demo/random";
import { startup } from "../../db/startup";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { ownDatabases } from "../support/own-databases";
import { byWayOf, startTcpProxy } from "../support/tcp-proxy";
import { normalisedDump } from "./normalised-dump";
import { launchStartup } from "./startup-process";

const POINTS = process.env.NETRA_TEST_FULL === "1" ? 30 : 4;
const SEED = 20_261;

let engines: TestEngines;
let fresh: string;
/** How many pieces a whole start from empty sends to each store. */
let pieces: Record<Store, number>;

type Store = "postgres" | "clickhouse";

/** Starts from empty stores in a process that is killed when it sends its nth piece to that store. */
async function startKilledAt(point: number, store: Store, env: Record<string, string>) {
  const sent = { postgres: 0, clickhouse: 0 };
  const counting = (to: Store) => () => {
    sent[to] += 1;
    if (to === store && sent[to] === point) child.kill("SIGKILL");
  };
  const portOf = (url: string | undefined) => Number(new URL(url ?? "").port);
  const postgres = await startTcpProxy(portOf(env.DATABASE_URL), counting("postgres"));
  const clickhouse = await startTcpProxy(portOf(env.CLICKHOUSE_URL), counting("clickhouse"));
  const { child, ended } = launchStartup({
    ...env,
    DATABASE_URL: byWayOf(env.DATABASE_URL ?? "", postgres.port),
    CLICKHOUSE_URL: byWayOf(env.CLICKHOUSE_URL ?? "", clickhouse.port),
  });
  const ending = await ended;
  await postgres.stop();
  await clickhouse.stop();
  return { ...ending, sent };
}

beforeAll(async () => {
  engines = await startTestEngines({});
  const own = await ownDatabases(engines);
  const whole = await startKilledAt(Number.POSITIVE_INFINITY, "postgres", own.env);
  expect(whole.output).toContain("validate");
  expect(whole.code).toBe(0);
  pieces = whole.sent;
  fresh = await normalisedDump(own.env);
  await own.drop();
}, 120_000);
afterAll(() => engines?.stop());

describe("a start that is killed while it migrates", () => {
  const chance = new Chance(SEED);
  const points = Array.from({ length: POINTS }, (_, index) => ({
    store: index % 2 === 0 ? ("postgres" as const) : ("clickhouse" as const),
    percent: Math.floor(100 * chance.next()),
  }));

  it.each(points)(
    "at $percent % of what it sends to $store leaves nothing that the next start cannot complete",
    async ({ store, percent }) => {
      const own = await ownDatabases(engines);
      // A start's last pieces close connections.
      const point = 1 + Math.floor((percent / 100) * (pieces[store] - 2));
      const killed = await startKilledAt(point, store, own.env);
      expect(killed.signal, killed.output).toBe("SIGKILL");
      const lines: string[] = [];
      const { close } = await startup(own.env, { log: (line) => lines.push(line) });
      await close();
      expect(await normalisedDump(own.env)).toBe(fresh);
      await own.drop();
    },
    60_000,
  );
});
