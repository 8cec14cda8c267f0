import { describe, expect, it } from "vitest";
import {
  describeStatement,
  quoteName,
  quoteText,
  streamHeadingLines,
} from "../../db/embedded/clickhouse-statement";

describe("reading a ClickHouse statement", () => {
  it.each([
    ["SELECT 1", "select", null, false],
    ["-- first\n/* FORMAT CSV */ select 1 format JSON;  -- end", "select", "JSON", false],
    ["WITH x AS (SELECT 1 FORMAT Null) SELECT * FROM x", "select", null, false],
    ["(SELECT 1) UNION ALL (SELECT 2)\nFORMAT JSONEachRow", "select", "JSONEachRow", false],
    ["SELECT 'it''s; \\' FORMAT CSV' AS `a;b`, \"c;d\"", "select", null, false],
    ["SELECT $tag$; FORMAT CSV$tag$", "select", null, false],
    ["SELECT 1 FORMAT JSON SETTINGS max_threads = 1", "select", "JSON", false],
    ["SELECT format FROM t", "select", null, false],
    ["SELECT format AS f FROM t FORMAT TSV SETTINGS a = 1, b = 2", "select", "TSV", false],
    ["SELECT 1; DROP TABLE t", "select", null, true],
    ["SELECT 1; -- only a comment; follows", "select", null, false],
    ["INSERT INTO t (a) VALUES (1), ('; DROP TABLE t')", "insert", "Values", false],
    ["insert into t format CSV\n1;2;3\n4;5;6", "insert", "CSV", false],
    ["INSERT INTO t SELECT 1", "insert", null, false],
    ["INSERT INTO t SELECT 1; SELECT 2", "insert", null, true],
    ["CREATE TABLE t (format String, values UInt8) ENGINE = Memory", "other", null, false],
    [" ;\n-- nothing", "empty", null, false],
    ["", "empty", null, false],
  ] as const)("%s", (sql, kind, format, isMultiple) => {
    expect(describeStatement(sql)).toEqual({ kind, format, isMultiple });
  });

  it("is quick with a long and hostile text", () => {
    const started = performance.now();
    expect(describeStatement(`SELECT ${"(".repeat(100_000)}'${"\\'".repeat(200_000)}`).kind).toBe(
      "select",
    );
    expect(describeStatement(`SELECT ${"/* ".repeat(50_000)}`).kind).toBe("select");
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("quotes what it puts into statements", () => {
    expect(quoteText("a'b\\c\0")).toBe("'a\\'b\\\\c\\0'");
    expect(quoteName("a`b\\c")).toBe("`a\\`b\\\\c`");
  });

  it("knows which formats can be streamed", () => {
    expect(
      ["JSONEachRow", "csv", "TSVWithNames", "JSON", "Parquet"].map(streamHeadingLines),
    ).toEqual([0, 0, 1, null, null]);
  });
});
