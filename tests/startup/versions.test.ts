import { describe, expect, it } from "vitest";
import type { Database } from "../../db/postgres";
import { StartupError } from "../../db/startup";
import { requireVersions } from "../../db/startup/schemas";

/** A Postgres that tells this version and answers nothing else. */
function postgresOf(version: string): Database {
  return { read: async () => ({ rows: [{ version }] }) } as unknown as Database;
}

describe("a start on an old server", () => {
  it("is refused with both versions named and the exit code of a wrong schema", async () => {
    const refused = await requireVersions({ db: postgresOf("14.11 (Debian 14.11-1)") }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(StartupError);
    expect(refused).toMatchObject({ stage: "drift", exitCode: 8 });
    expect(String(refused)).toContain("PostgreSQL 14.11 (Debian 14.11-1) is too old");
    expect(String(refused)).toContain("PostgreSQL 15 or newer");
  });

  it("goes on with the oldest that works", async () => {
    await expect(requireVersions({ db: postgresOf("15.0") })).resolves.toBeUndefined();
  });
});
