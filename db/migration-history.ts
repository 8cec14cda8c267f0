/** A migration file of this version of the code, or the record of one that was applied. */
export interface MigrationName {
  /** Its file's name without folder and ending; the order of the names is the order of applying. */
  name: string;
  /** SHA-256 of the text with Unix line ends, hex. */
  checksum: string;
}

/** How a database's record of migrations can disagree with the files. */
type Disagreement = "changed" | "missing" | "reordered" | "newer";

/** The database was migrated with other files than these. Nothing was changed. */
export class MigrationHistoryError extends Error {
  override readonly name = "MigrationHistoryError";
  readonly retryable = false;
  constructor(
    readonly store: "Postgres" | "ClickHouse",
    readonly migration: string,
    readonly disagreement: Disagreement,
    explanation: string,
  ) {
    super(`${store} migration ${migration} ${explanation}`);
  }
}

/**
 * The files that are still to be applied, in order: what was applied must be the beginning of the list
 * of files, each with the same text.
 * @param applied in the order in which they were applied
 * @throws MigrationHistoryError naming the first migration that does not fit
 */
export function pendingMigrations<File extends MigrationName>(
  store: "Postgres" | "ClickHouse",
  applied: readonly MigrationName[],
  files: readonly File[],
): File[] {
  for (const [index, { name, checksum }] of applied.entries()) {
    const file = files[index];
    const refuse = (disagreement: Disagreement, explanation: string, migration = name) => {
      throw new MigrationHistoryError(store, migration, disagreement, explanation);
    };
    if (file?.name === name) {
      if (file.checksum === checksum) continue;
      refuse(
        "changed",
        `was changed after it was applied (recorded ${checksum.slice(0, 12)}, now ${file.checksum.slice(0, 12)}): restore the file and add a new one`,
      );
    }
    const isKnown = files.some((one) => one.name === name);
    if (isKnown && file) {
      const wasApplied = applied.some((one) => one.name === file.name);
      refuse(
        "reordered",
        wasApplied
          ? `was applied before ${file.name}, which now comes first: restore the order of the files`
          : `was applied, but ${file.name}, which comes before it, was not: give new migrations the last place`,
      );
    }
    const last = applied.at(-1)?.name ?? name;
    const ours = files.at(-1)?.name ?? "none";
    if (index >= files.length) {
      refuse(
        "newer",
        `is not known to this version: the database is at ${last}, this version ends at ${ours}. Run the version that made it, or a newer one`,
      );
    }
    refuse("missing", "was applied, but its file is missing: restore the file");
  }
  return files.slice(applied.length);
}

/** Over the text with Unix line ends, so that a checkout on another system is no change. */
export async function checksumOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text.replaceAll("\r\n", "\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
