import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  createClient as createNodeClient,
} from "@clickhouse/client";
import { createClient as createWebClient } from "@clickhouse/client-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { required, startTestEngines, type TestEngines } from "../embedded/support";
import { clickHouseCases } from "./clickhouse-cases";

// The clients report what the tests provoke; it belongs into assertions, not onto the console.
const log = { level: ClickHouseLogLevel.OFF };
const node = (options: Parameters<typeof createNodeClient>[0]) =>
  createNodeClient({ ...options, log });

let engines: TestEngines;
let url: string;

beforeAll(async () => {
  engines = await startTestEngines({ only: { postgres: false, redis: false } });
  url = required(engines.env.CLICKHOUSE_URL);
}, 60_000);
afterAll(() => engines?.stop());

describe("chdb, asked by the client for Node", () => {
  clickHouseCases(
    (address) => node({ url: address }),
    () => url,
  );
});

describe("chdb, asked by the client for the web", () => {
  clickHouseCases(
    (address) => createWebClient({ url: address, log }) as unknown as ClickHouseClient,
    () => url,
  );
});

describe("the HTTP interface", () => {
  let client: ClickHouseClient;
  beforeAll(() => {
    client = node({ url });
  });
  afterAll(() => client.close());

  it("yields the URL form that clients expect", () => {
    expect(url).toMatch(/^http:\/\/netra:[\w-]{32}@127\.0\.0\.1:\d+\/netra$/);
  });

  it("tells how many rows an insert wrote", async () => {
    const command = "CREATE TABLE counted (a UInt8) ENGINE = Memory";
    await client.command({ query: command });
    const values = Array.from({ length: 200 }, (_, a) => ({ a }));
    const { summary } = await client.insert({ table: "counted", values, format: "JSONEachRow" });
    expect(summary).toMatchObject({ written_rows: "200" });
  });

  it("takes compressed bodies, other formats, chosen columns and nothing", async () => {
    const zipping = node({ url, compression: { request: true, response: true } });
    await client.command({
      query:
        "CREATE TABLE `odd name` (a UInt8, b String DEFAULT 'd') ENGINE = MergeTree ORDER BY a",
    });
    const table = "`odd name`";
    await zipping.insert({ table, values: [{ a: 1, b: "zip" }], format: "JSONEachRow" });
    await client.insert({ table, values: [{ a: 2 }], format: "JSONEachRow", columns: ["a"] });
    await client.insert({ table, values: [[3, "row"]], format: "JSONCompactEachRow" });
    await client.insert({ table, values: [], format: "JSONEachRow" });
    await client.command({ query: `INSERT INTO ${table} VALUES (4, 'semi; colon'), (5, 'x')` });
    await client.exec({
      query: `INSERT INTO ${table} FORMAT CSV`,
      values: Readable.from(["6,csv\n"]),
    });
    const result = await zipping.query({
      query: `SELECT * FROM ${table} ORDER BY a`,
      format: "JSONCompactEachRow",
    });
    expect(await result.json()).toEqual([
      [1, "zip"],
      [2, "d"],
      [3, "row"],
      [4, "semi; colon"],
      [5, "x"],
      [6, "csv"],
    ]);
    await zipping.close();
  });

  it("answers a stranger as ClickHouse does", async () => {
    const answer = await fetch(url.replace(/netra:[^@]+@/, ""), {
      method: "POST",
      headers: { authorization: `Basic ${btoa(new URL(url).username)}` },
      body: "SELECT 1",
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-clickhouse-exception-code")).toBe("516");
    expect(await answer.text()).toMatch(/^Code: 516\. DB::Exception: .*\(AUTHENTICATION_FAILED\)/);
  });

  it("refuses bodies it cannot read", async () => {
    await client.command({ query: "CREATE TABLE body (id UInt64) ENGINE = Memory" });
    const { username, password, origin } = new URL(url);
    const post = (encoding: string, body: Uint8Array<ArrayBuffer> | string) =>
      fetch(`${origin}/netra?query=INSERT+INTO+body+FORMAT+JSONEachRow`, {
        method: "POST",
        headers: {
          "x-clickhouse-user": username,
          "x-clickhouse-key": password,
          "content-encoding": encoding,
        },
        body,
      });
    expect((await post("gzip", "no gzip")).status).toBe(400);
    expect((await post("lzma", "x")).status).toBe(400);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(257 * 1024 * 1024, 32), { level: 1 }));
    const answer = await post("gzip", bomb);
    expect(answer.status).toBe(413);
    expect(answer.headers.get("x-clickhouse-exception-code")).toBe("307");
  });

  it("lets GET requests read only", async () => {
    const { username, password, origin } = new URL(url);
    const get = (query: string) =>
      fetch(`${origin}/netra?query=${encodeURIComponent(query)}`, {
        headers: { "x-clickhouse-user": username, "x-clickhouse-key": password },
      });
    const answer = await get("SELECT 1 + 1 FORMAT JSONCompactEachRow");
    expect(await answer.text()).toBe("[2]\n");
    expect(answer.headers.get("x-clickhouse-query-id")).toMatch(/^[\w-]{36}$/);
    expect(
      (await get("CREATE TABLE never (a Int8) ENGINE = Memory")).headers.get(
        "x-clickhouse-exception-code",
      ),
    ).toBe("164");
  });
});
