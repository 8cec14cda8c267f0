import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClickHouse } from "../../db/clickhouse/client";
import { ClickHouseQueryError, ClickHouseUnreachableError } from "../../db/clickhouse/errors";
import { createAnalytics } from "../../party/adapters/analytics";
import { startHangingServer } from "../support/hanging-server";
import { startTestClickHouse, type TestClickHouse } from "./support/engine";

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

const endless = (name: string) => ({
  name,
  sql: "SELECT sum(sipHash64(number)) AS total FROM numbers(100000000000)",
  parameters: {},
});

async function runningQueries(): Promise<number> {
  const { rows } = await engine.clickhouse.query({
    name: "running",
    sql: "SELECT toUInt32(count()) AS running FROM system.processes WHERE query LIKE '%sipHash64(number)%' AND query NOT LIKE '%system.processes%'",
    parameters: {},
  });
  return (rows[0] as { running: number }).running;
}

describe("a query", () => {
  it("gives its rows with what it read and how it was asked", async () => {
    const answer = await engine.clickhouse.query({
      name: "sum",
      sql: "SELECT sum(number) AS total, {word:String} AS word FROM numbers(1000)",
      parameters: { word: "it's" },
    });
    expect(answer.rows).toEqual([{ total: "499500", word: "it's" }]);
    expect(answer.rowsRead).toBe(1000);
    expect(answer.parameters).toEqual({ word: "it's" });
  });

  it("ends within 200 ms of its abort, here and on the server", async () => {
    const abort = new AbortController();
    const reason = new Error("the user stopped it");
    const asked = engine.clickhouse.query(endless("endless"), { signal: abort.signal });
    const settled = asked.then(
      () => "answered",
      (error: unknown) => error,
    );
    await expect.poll(runningQueries, { timeout: 5_000, interval: 20 }).toBe(1);
    const stopped = performance.now();
    abort.abort(reason);
    expect(await settled).toBe(reason);
    expect(performance.now() - stopped).toBeLessThan(200);
    await expect.poll(runningQueries, { timeout: 200, interval: 10 }).toBe(0);
  });

  it("is not sent when its signal is aborted already", async () => {
    const reason = new Error("too late");
    const asked = engine.clickhouse.query(endless("never"), { signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toBe(reason);
  });

  it("is stopped by its limit of time and of result rows, and says which", async () => {
    const slow = engine.clickhouse.query({ ...endless("slow"), limits: { seconds: 1 } });
    await expect(slow).rejects.toMatchObject({
      name: "ClickHouseQueryError",
      limit: "time",
      retryable: false,
    });
    const many = engine.clickhouse.query({
      name: "many",
      sql: "SELECT number FROM numbers(1000)",
      parameters: {},
      limits: { resultRows: 10 },
    });
    await expect(many).rejects.toMatchObject({
      name: "ClickHouseQueryError",
      limit: "result rows",
    });
  });

  it("cannot write", async () => {
    for (const sql of [
      "CREATE TABLE sneaky (a Int8) ENGINE = Memory",
      "DROP TABLE calls_v1",
      "DELETE FROM calls_v1 WHERE 1",
    ]) {
      const asked = engine.clickhouse.query({ name: "write", sql, parameters: {} });
      await expect(asked, sql).rejects.toBeInstanceOf(ClickHouseQueryError);
    }
    const { rows } = await engine.clickhouse.query({
      name: "tables",
      sql: "SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name",
      parameters: {},
    });
    expect(rows).toEqual([
      { name: "calls_v1" },
      { name: "health_probes" },
      { name: "netra_migrations" },
    ]);
  });

  it("fails with the server's code, naming the query and not its values", async () => {
    const asked = engine.clickhouse.query({
      name: "broken",
      sql: "SELECT nothing FROM nowhere WHERE a = {secret:String}",
      parameters: { secret: "hunter2" },
    });
    await expect(asked).rejects.toMatchObject({
      query: "broken",
      code: 60,
      type: "UNKNOWN_TABLE",
      retryable: false,
    });
    await expect(asked).rejects.not.toThrow(/hunter2/);
  });
});

describe("a server that does not answer", () => {
  it("is tried three times for a read, then named", async () => {
    let tries = 0;
    const server = createServer((request) => {
      tries++;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const clickhouse = createClickHouse({ CLICKHOUSE_URL: `http://127.0.0.1:${port}` });
    try {
      const asked = clickhouse.query({ name: "hello", sql: "SELECT 1", parameters: {} });
      await expect(asked).rejects.toMatchObject({ query: "hello", attempts: 3, retryable: true });
      await expect(asked).rejects.toBeInstanceOf(ClickHouseUnreachableError);
      expect(tries).toBe(3);
      expect(await createAnalytics(clickhouse).isAvailable()).toBe(false);
    } finally {
      await clickhouse.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("is given up on after the time-out, and not asked again: it hangs", async () => {
    const hanging = await startHangingServer();
    const clickhouse = createClickHouse({ CLICKHOUSE_URL: hanging.url }, { timeoutMs: 150 });
    try {
      const asked = clickhouse.query({ name: "silence", sql: "SELECT 1", parameters: {} });
      await expect(asked).rejects.toBeInstanceOf(ClickHouseUnreachableError);
      await expect(asked).rejects.toMatchObject({
        name: "ClickHouseSilentError",
        message:
          'ClickHouse, which holds the calls, did not answer within 0.15 s ("silence", 1 attempt)',
        retryable: true,
      });
      const written = clickhouse.insert("calls_v1", [{ id: "a" }]);
      await expect(written).rejects.toMatchObject({ name: "ClickHouseSilentError", attempts: 1 });
      expect(hanging.asked()).toBe(2);
    } finally {
      await clickhouse.close();
      await hanging.stop();
    }
  });

  it("is told apart from one that does", async () => {
    expect(await createAnalytics(engine.clickhouse).isAvailable()).toBe(true);
    const run = { threadId: randomUUID(), runId: randomUUID() };
    expect(await createAnalytics(engine.clickhouse).forRun(run).isAvailable()).toBe(true);
  });
});
