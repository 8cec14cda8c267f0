import { type ClickHouse, deleteImportCalls } from "../../db/clickhouse";
import {
  type Database,
  failSilentImport,
  IMPORT_BEAT_MS,
  type ImportPlace,
  listSilentImports,
} from "../../db/postgres";

/** An import that was silent for so long may be dead, ms. */
const SILENT_MS = 6 * IMPORT_BEAT_MS;
/** Long enough for whoever lives to say so in between, ms. */
const LOOK_EVERY_MS = 3 * IMPORT_BEAT_MS;

/**
 * Finds imports whose process died, which nobody else would ever end. `look` ends an import with a reason
 * and removes its rows when it was silent at this look and at the one before: after an outage of Postgres
 * all are silent at first, and those that live say so before the second.
 */
export class InterruptedImports {
  #silentBefore = new Set<string>();

  constructor(
    private readonly stores: { db: Database; clickhouse: ClickHouse },
    private readonly silentMs = SILENT_MS,
  ) {}

  /** Ids of the imports that were ended. Two processes that look at once end each of them once. */
  async look(): Promise<string[]> {
    const { db } = this.stores;
    const before = this.#silentBefore;
    this.#silentBefore = new Set();
    const silent = await listSilentImports(db, { silentMs: this.silentMs });
    this.#silentBefore = new Set(silent.map(({ importId }) => importId));
    const dead = silent.filter(({ importId }) => before.has(importId));
    const ended = await Promise.all(dead.map((place) => this.#end(place)));
    return dead.flatMap(({ importId }, index) => (ended[index] ? [importId] : []));
  }

  /** Both looks, for who is not there any more when the next one is due. */
  async lookTwice(): Promise<string[]> {
    await this.look();
    if (this.#silentBefore.size === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    return this.look();
  }

  async #end(place: ImportPlace): Promise<boolean> {
    const { db, clickhouse } = this.stores;
    const failed = await failSilentImport(db, { ...place, silentMs: this.silentMs });
    if (failed === null) return false;
    // Rows that stay when ClickHouse is away count nowhere: no figure is asked of a dataset without calls.
    await deleteImportCalls(clickhouse, { ...place, ...failed }).catch(() => {});
    return true;
  }
}

/** Looks now and then for as long as the process serves. @returns what ends it */
export function watchInterruptedImports(stores: {
  db: Database;
  clickhouse: ClickHouse;
}): () => void {
  const imports = new InterruptedImports(stores);
  const look = () =>
    imports.look().then(
      (ended) => {
        for (const id of ended)
          console.log(`web: import ${id} was interrupted and is marked failed`);
      },
      // Postgres is away: readiness says so, and the next look finds what this one could not.
      () => {},
    );
  void look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
