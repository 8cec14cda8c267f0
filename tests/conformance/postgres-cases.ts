import { NeonDbError, neon, Pool } from "@neondatabase/serverless";
import { sql } from "drizzle-orm";
import { drizzle as drizzleHttp } from "drizzle-orm/neon-http";
import { drizzle as drizzleSocket } from "drizzle-orm/neon-serverless";
import { integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { required, type TestEngines, useLoopbackNeon } from "../embedded/support";

/** What any Postgres must do behind the Neon endpoint, asked by Neon's own driver and by drizzle. */
export function postgresCases(start: () => Promise<TestEngines>): void {
  let engines: TestEngines;
  let url: string;
  const pools: Pool[] = [];

  function openPool(connectionString = url): Pool {
    const pool = new Pool({ connectionString });
    pool.on("error", () => undefined);
    pools.push(pool);
    return pool;
  }

  beforeAll(async () => {
    useLoopbackNeon();
    engines = await start();
    url = required(engines.env.DATABASE_URL);
    await neon(url)`CREATE TABLE account (
    id integer PRIMARY KEY, name text NOT NULL UNIQUE, balance integer CHECK (balance >= 0))`;
  }, 30_000);

  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await engines?.stop();
  });

  describe("over HTTP", () => {
    it("binds parameters and parses types", async () => {
      const when = new Date("2026-01-02T03:04:05.678Z");
      const rows = await neon(url)`SELECT ${42}::int AS number, ${"O'Hara; --"}::text AS text,
      ${null}::text AS nothing, ${true}::boolean AS flag, ${when}::timestamptz AS time,
      ${[1, 2]}::int[] AS list, ${JSON.stringify({ a: [1] })}::jsonb AS document,
      9007199254740993::bigint AS large, ${Buffer.from([0, 255])}::bytea AS bytes`;
      expect(rows).toEqual([
        {
          number: 42,
          text: "O'Hara; --",
          nothing: null,
          flag: true,
          time: when,
          list: [1, 2],
          document: { a: [1] },
          large: "9007199254740993",
          bytes: Buffer.from([0, 255]),
        },
      ]);
    });

    it("answers in array mode and with full results", async () => {
      const query = neon(url, { arrayMode: true, fullResults: true });
      const result = await query.query("SELECT $1::int AS a, 'x' AS a", [7]);
      expect(result.rows).toEqual([[7, "x"]]);
      expect(result.command).toBe("SELECT");
      expect(result.rowCount).toBe(1);
      expect(result.fields.map((field) => [field.name, field.dataTypeID])).toEqual([
        ["a", 23],
        ["a", 25],
      ]);
    });

    it("passes on the fields of Postgres' own error", async () => {
      await neon(url)`INSERT INTO account VALUES (1, 'ada', 10)`;
      const error = await neon(url)`INSERT INTO account VALUES (2, 'ada', 10)`.catch((e) => e);
      expect(error).toBeInstanceOf(NeonDbError);
      expect(error).toMatchObject({
        code: "23505",
        severity: "ERROR",
        constraint: "account_name_key",
        table: "account",
        schema: "public",
        detail: "Key (name)=(ada) already exists.",
      });
      await expect(neon(url)`SELEC 1`).rejects.toMatchObject({ code: "42601", position: "1" });
      await expect(neon(url).query("SELECT 1; SELECT 2")).rejects.toMatchObject({ code: "42601" });
    });

    it("undoes a whole batch when one statement fails", async () => {
      const query = neon(url);
      await expect(
        query.transaction([
          query`INSERT INTO account VALUES (10, 'batch', 5)`,
          query`INSERT INTO account VALUES (11, 'debtor', -5)`,
        ]),
      ).rejects.toMatchObject({ code: "23514", constraint: "account_balance_check" });
      expect(await query`SELECT count(*)::int AS count FROM account WHERE id >= 10`).toEqual([
        { count: 0 },
      ]);
    });

    it("runs a batch in one transaction with the options asked for", async () => {
      const query = neon(url);
      const [first, second, isolation] = await query.transaction(
        [
          query`SELECT pg_current_xact_id_if_assigned() AS id, now() AS time`,
          query`SELECT now() AS time`,
          query`SHOW transaction_isolation`,
        ],
        { isolationLevel: "Serializable", readOnly: true, deferrable: true },
      );
      expect(first?.[0]?.time).toEqual(second?.[0]?.time);
      expect(isolation).toEqual([{ transaction_isolation: "serializable" }]);
      await expect(
        query.transaction([query`INSERT INTO account VALUES (12, 'x', 1)`], { readOnly: true }),
      ).rejects.toMatchObject({ code: "25006" });
    });

    it("lets no setting, lock or open transaction reach a later request", async () => {
      const query = neon(url);
      await query`SET statement_timeout = 12345`;
      await query`SELECT pg_advisory_lock(99)`;
      await query`BEGIN`;
      for (let round = 0; round < 12; round++) {
        const [row] = await query`SELECT current_setting('statement_timeout') AS timeout,
        pg_try_advisory_xact_lock(99) AS free`;
        expect(row).toEqual({ timeout: "0", free: true });
      }
    });

    it("refuses a wrong password, a wrong user and other addresses", async () => {
      const wrongPassword = url.replace(/netra:[^@]+@/, "netra:wrong@");
      const wrongUser = url.replace("//netra:", "//postgres:");
      await expect(neon(wrongPassword)`SELECT 1`).rejects.toMatchObject({ code: "28P01" });
      await expect(neon(wrongUser)`SELECT 1`).rejects.toMatchObject({ code: "28P01" });
      const base = `http://${new URL(url.replace("postgres:", "http:")).host}`;
      expect((await fetch(`${base}/sql`, { method: "POST", body: "{}" })).status).toBe(400);
      expect((await fetch(`${base}/`)).status).toBe(404);
    });

    it("cancels the statement of a client that went away", async () => {
      const query = neon(url);
      const pending = query.query("SELECT pg_sleep(30)", [], {
        fetchOptions: { signal: AbortSignal.timeout(300) },
      });
      await expect(pending).rejects.toThrow();
      await expect
        .poll(
          async () => {
            const [row] = await query`SELECT count(*)::int AS count FROM pg_stat_activity
            WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'`;
            return row?.count;
          },
          { timeout: 5_000 },
        )
        .toBe(0);
    });
  });

  describe("over the WebSocket", () => {
    it("runs interactive transactions", async () => {
      const pool = openPool();
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("INSERT INTO account VALUES ($1, $2, $3)", [20, "socket", 1]);
      const inside = await client.query("SELECT count(*)::int AS count FROM account WHERE id = 20");
      const outside = await neon(url)`SELECT count(*)::int AS count FROM account WHERE id = 20`;
      await client.query("ROLLBACK");
      client.release();
      expect(inside.rows).toEqual([{ count: 1 }]);
      expect(outside).toEqual([{ count: 0 }]);
    });

    it("carries large results whole", async () => {
      const { rows } = await openPool().query(
        "SELECT n, repeat('x', 1000) AS filler FROM generate_series(1, 5000) AS n",
      );
      expect(rows).toHaveLength(5_000);
      expect(rows[4_999]).toEqual({ n: 5_000, filler: "x".repeat(1_000) });
    });

    it("lets two connections exclude each other by advisory lock", async () => {
      const pool = openPool();
      const [first, second] = await Promise.all([pool.connect(), pool.connect()]);
      const tryLock = "SELECT pg_try_advisory_lock(7) AS taken";
      expect((await first.query(tryLock)).rows).toEqual([{ taken: true }]);
      expect((await second.query(tryLock)).rows).toEqual([{ taken: false }]);
      await first.query("SELECT pg_advisory_unlock(7)");
      expect((await second.query(tryLock)).rows).toEqual([{ taken: true }]);
      first.release();
      second.release(true);
    });

    it("is refused by Postgres itself with a wrong password", async () => {
      const pool = openPool(url.replace(/netra:[^@]+@/, "netra:wrong@"));
      await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    });

    it("is a pipe to this server only, whatever address the client names", async () => {
      const { rows } = await openPool().query("SELECT inet_server_addr()::text AS address");
      expect(rows).toEqual([{ address: "127.0.0.1/32" }]);
    });
  });

  describe("drizzle", () => {
    const entry = pgTable("entry", {
      id: integer("id").primaryKey(),
      label: text("label").notNull(),
      detail: jsonb("detail").$type<{ tags: string[] }>(),
      at: timestamp("at", { withTimezone: true }).notNull(),
    });
    const row = {
      id: 1,
      label: "first",
      detail: { tags: ["a", "b"] },
      at: new Date("2026-05-06T07:08:09Z"),
    };

    it("works over both drivers on the same data", async () => {
      const http = drizzleHttp(neon(url));
      const socket = drizzleSocket(openPool());
      await http.execute(sql`CREATE TABLE entry (
      id integer PRIMARY KEY, label text NOT NULL, detail jsonb, at timestamptz NOT NULL)`);
      expect(await http.insert(entry).values(row).returning()).toEqual([row]);
      expect(await socket.select().from(entry)).toEqual([row]);
      await expect(
        socket.transaction(async (transaction) => {
          await transaction.update(entry).set({ label: "changed" });
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      const [batched] = await http.batch([
        http.select({ label: entry.label }).from(entry),
        http.delete(entry),
      ]);
      expect(batched).toEqual([{ label: "first" }]);
      expect(await socket.$count(entry)).toBe(0);
    });
  });
}
