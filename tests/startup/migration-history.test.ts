import { describe, expect, it } from "vitest";
import { MigrationHistoryError, pendingMigrations } from "../../db/migration-history";

const named = (...names: string[]) => names.map((name) => ({ name, checksum: `sum of ${name}` }));
const changed = (name: string) => [{ name, checksum: "sum of another text" }];

function problem(applied: ReturnType<typeof named>, files: ReturnType<typeof named>) {
  try {
    return pendingMigrations("Postgres", applied, files).map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof MigrationHistoryError)) throw error;
    return { disagreement: error.disagreement, migration: error.migration, message: error.message };
  }
}

describe("the record of migrations", () => {
  it("leaves what comes after it to be applied", () => {
    expect(problem([], named("0000_a", "0001_b"))).toEqual(["0000_a", "0001_b"]);
    expect(problem(named("0000_a"), named("0000_a", "0001_b"))).toEqual(["0001_b"]);
    expect(problem(named("0000_a", "0001_b"), named("0000_a", "0001_b"))).toEqual([]);
  });

  it.each([
    ["changed", "0000_a", changed("0000_a"), named("0000_a", "0001_b")],
    ["missing", "0001_b", named("0000_a", "0001_b", "0002_c"), named("0000_a", "0002_c")],
    ["missing", "0001_b", named("0000_a", "0001_b"), named("0000_a", "0001_renamed")],
    ["reordered", "0001_b", named("0001_b", "0000_a"), named("0000_a", "0001_b")],
    ["reordered", "0002_c", named("0000_a", "0002_c"), named("0000_a", "0001_late", "0002_c")],
    ["newer", "0001_b", named("0000_a", "0001_b", "0002_c"), named("0000_a")],
  ] as const)("%s: is refused by the name %s", (disagreement, migration, applied, files) => {
    expect(problem([...applied], [...files])).toMatchObject({ disagreement, migration });
  });

  it("names both versions when the database is newer than the code", () => {
    expect(problem(named("0000_a", "0001_b", "0002_c"), named("0000_a"))).toMatchObject({
      message: expect.stringMatching(/database is at 0002_c, this version ends at 0000_a/),
    });
  });
});
