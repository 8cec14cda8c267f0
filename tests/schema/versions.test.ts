import { describe, expect, it } from "vitest";
import { describeDrift } from "../../db/drift";
import { judgeVersion } from "../../db/versions";

describe("the oldest server versions", () => {
  it.each([
    ["postgres", "15.18 (Debian 15.18-0+deb12u1)"],
    ["postgres", "18.4"],
    ["postgres", "19beta1"],
    ["clickhouse", "24.8.1.2684"],
    ["clickhouse", "24.10.3.21"],
    ["clickhouse", "26.7.2.1"],
  ] as const)("%s %s is new enough", (store, version) => {
    expect(judgeVersion(store, version)).toEqual({ store, version, refusal: null });
  });

  it.each([
    ["postgres", "14.19", "PostgreSQL 14.19 is too old: Netra needs PostgreSQL 15 or newer."],
    ["postgres", "9.6.24", "PostgreSQL 9.6.24 is too old"],
    ["clickhouse", "24.7.9.1", "ClickHouse 24.7.9.1 is too old: Netra needs ClickHouse 24.8"],
    ["clickhouse", "9.10", "ClickHouse 9.10 is too old"],
    ["clickhouse", "unknown", "ClickHouse unknown is too old"],
  ] as const)("%s %s is refused", (store, version, refusal) => {
    expect(judgeVersion(store, version).refusal).toContain(refusal);
  });
});

describe("the list of differences", () => {
  it("names the store, the object, both sides and what mends it", () => {
    const drift = { object: "threads.title", expected: "text not null", found: "varchar(80)" };
    expect(
      describeDrift([
        { store: "clickhouse", object: "calls_v1 TTL", expected: "none", found: "x", mend: null },
        { store: "postgres", ...drift, mend: "one;\ntwo;" },
      ]),
    ).toBe(
      [
        "In Postgres:",
        "threads.title: expected text not null, found varchar(80)",
        "    one;",
        "    two;",
        "In ClickHouse:",
        "calls_v1 TTL: expected none, found x",
        "    no statement mends this safely",
      ].join("\n"),
    );
  });
});
