import type { ClickHouseClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../embedded/support";

/**
 * What a ClickHouse must do over HTTP, asked by one of the official clients.
 * @param open makes a client for an URL; the clients differ in their streams only
 * @param urlOf known once the server runs
 */
export function clickHouseCases(
  open: (url: string) => ClickHouseClient,
  urlOf: () => string,
): void {
  let url: string;
  let client: ClickHouseClient;

  const slowQuery = "SELECT sum(sipHash64(number, number)) AS s FROM numbers(100000000000)";

  async function rowsOf(query: string, settings: Record<string, string | number> = {}) {
    const result = await client.query({
      query,
      format: "JSONEachRow",
      clickhouse_settings: settings,
    });
    return result.json<Record<string, unknown>>();
  }

  beforeAll(() => {
    url = urlOf();
    client = open(url);
  });
  afterAll(() => client?.close());

  describe("statements", () => {
    it("ping, with and without a statement", async () => {
      expect(await client.ping()).toEqual({ success: true });
      expect(await client.ping({ select: true })).toEqual({ success: true });
      expect(await rowsOf("SELECT currentDatabase() AS name")).toEqual([{ name: "netra" }]);
    });

    it("create, insert 20,000 rows and read them back", async () => {
      await client.command({
        query: `CREATE TABLE call (id UInt64, model LowCardinality(String), cost Decimal(18, 9),
        at DateTime64(3)) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 1024`,
      });
      const values = Array.from({ length: 20_000 }, (_, id) => ({
        id,
        model: `model-${id % 3}`,
        cost: "0.000000001",
        at: "2026-01-02 03:04:05.678",
      }));
      const inserted = await client.insert({ table: "call", values, format: "JSONEachRow" });
      expect(inserted.query_id).toMatch(/^[\w-]{36}$/);
      expect(
        await rowsOf(`SELECT count() AS count, sum(id) AS ids, uniq(model) AS models,
        toString(sum(cost)) AS cost, toString(min(at)) AS at FROM call`),
      ).toEqual([
        {
          count: "20000",
          ids: "199990000",
          models: "3",
          cost: "0.00002",
          at: "2026-01-02 03:04:05.678",
        },
      ]);
      await client.insert({ table: "call", values: [{ id: 20_000 }], format: "JSONEachRow" });
      const result = await client.query({ query: "SELECT count() AS n FROM call", format: "JSON" });
      expect((await result.json<{ n: string }>()).data).toEqual([{ n: "20001" }]);
      await client.command({ query: "DROP TABLE call SYNC" });
    });

    it("bind parameters of every kind, long ones too", async () => {
      const params = {
        text: "it's \\ a\ttab\nline {x:String} 🦉",
        big: "18446744073709551615",
        list: ["a'b", "c"],
        nothing: null,
        when: new Date("2026-01-02T03:04:05Z"),
        map: new Map([["k", 1]]),
      };
      const query = `SELECT {text:String} AS text, {big:UInt64} AS big, {list:Array(String)} AS list,
      {nothing:Nullable(String)} AS nothing, toUnixTimestamp({when:DateTime('UTC')}) AS \`when\`,
      {map:Map(String, UInt8)} AS map`;
      const expected = [
        {
          text: params.text,
          big: params.big,
          list: params.list,
          nothing: null,
          when: 1767323045,
          map: { k: 1 },
        },
      ];
      const result = await client.query({ query, query_params: params, format: "JSONEachRow" });
      expect(await result.json()).toEqual(expected);
      const long = Array.from({ length: 20_000 }, (_, index) => `value-${index}`);
      const counted = await client.query({
        query: "SELECT length({long:Array(String)}) AS n",
        query_params: { long },
        format: "JSONEachRow",
        use_multipart_params: true,
      });
      expect(await counted.json()).toEqual([{ n: "20000" }]);
    });

    it("name the parameter that is missing, even after another query gave it", async () => {
      const query = "SELECT {given:UInt8} AS given";
      await client.query({ query, query_params: { given: 1 }, format: "JSONEachRow" });
      await expect(client.query({ query, format: "JSONEachRow" })).rejects.toMatchObject({
        code: "456",
        type: "UNKNOWN_QUERY_PARAMETER",
      });
    });

    it("stream a large select in many blocks, in order", async () => {
      for (const format of ["JSONEachRow", "CSVWithNames"] as const) {
        const result = await client.query({
          query: "SELECT number AS n FROM numbers(500000)",
          format,
        });
        let count = 0;
        let batches = 0;
        let last = "";
        for await (const rows of result.stream()) {
          batches++;
          count += rows.length;
          last = rows.at(-1)?.text ?? last;
        }
        expect(batches).toBeGreaterThan(3);
        expect([count, last]).toEqual(
          format === "JSONEachRow" ? [500_000, '{"n":"499999"}'] : [500_001, "499999"],
        );
      }
    });

    it("give ClickHouse's own errors", async () => {
      await client.command({ query: "CREATE TABLE narrow (id UInt64) ENGINE = Memory" });
      await expect(rowsOf("SELECT * FROM missing")).rejects.toMatchObject({
        code: "60",
        type: "UNKNOWN_TABLE",
      });
      await expect(rowsOf("SELECT 1 SETTINGS no_such = 1")).rejects.toMatchObject({ code: "115" });
      await expect(rowsOf("SELECT 1; DROP TABLE narrow")).rejects.toMatchObject({ code: "62" });
      await expect(
        client.insert({ table: "narrow", values: [{ id: "x" }], format: "JSONEachRow" }),
      ).rejects.toMatchObject({ code: "27" });
      await client.command({ query: "DROP TABLE narrow" });
    });

    it("learn of an error in the middle of a stream", async () => {
      const result = await client.query({
        query: "SELECT throwIf(number = 400000, 'late') AS n FROM numbers(500000)",
        format: "JSONEachRow",
        clickhouse_settings: { max_threads: 1 },
      });
      const reading = (async () => {
        let count = 0;
        for await (const rows of result.stream()) count += rows.length;
        return count;
      })();
      await expect(reading).rejects.toMatchObject({ code: "395" });
    });

    it("refuse a wrong password", async () => {
      const stranger = open(url.replace(/netra:[^@]+@/, "netra:wrong@"));
      await expect(stranger.query({ query: "SELECT 1" })).rejects.toMatchObject({ code: "516" });
      await stranger.close();
    });
  });

  describe("one query and another", () => {
    const running = async () => {
      const rows = await rowsOf(
        "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'",
      );
      return rows[0]?.n;
    };

    it("kills the query of a client that aborted", async () => {
      const abort = new AbortController();
      const pending = client
        .query({ query: slowQuery, format: "JSONEachRow", abort_signal: abort.signal })
        .then((result) => result.json());
      pending.catch(() => undefined);
      await until(async () => (await running()) === "1", 10_000);
      abort.abort();
      await expect(pending).rejects.toThrow();
      await until(async () => (await running()) === "0", 5_000);
    });

    it("runs twenty at once, each with its own parameters and settings", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const result = await client.query({
            query: "SELECT {x:UInt8} AS x, getSetting('max_block_size') AS size, sleep(0.02) AS s",
            query_params: { x: index },
            clickhouse_settings: { max_block_size: String(1_000 + index) },
            format: "JSONEachRow",
          });
          return (await result.json<Record<string, unknown>>())[0];
        }),
      );
      expect(answers).toEqual(answers.map((_, index) => ({ x: index, size: 1_000 + index, s: 0 })));
    });

    it("leaks no setting and has limits by default", async () => {
      const settings = `SELECT getSetting('max_threads') = 1 AS leaked,
      getSetting('max_execution_time') AS seconds, getSetting('max_memory_usage') > 0 AS bounded`;
      expect(await rowsOf(settings, { max_threads: 1, max_execution_time: 7 })).toMatchObject([
        { leaked: 1, seconds: 7 },
      ]);
      await client.command({ query: "SET max_execution_time = 3" });
      expect(await rowsOf(settings)).toEqual([{ leaked: 0, seconds: 60, bounded: 1 }]);
      await expect(rowsOf(slowQuery, { max_execution_time: 1 })).rejects.toMatchObject({
        code: "159",
        type: "TIMEOUT_EXCEEDED",
      });
    });
  });
}
