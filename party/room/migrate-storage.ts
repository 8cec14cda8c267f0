import { z } from "zod";
import type { RoomStorage } from "../ports/room";
import { type Meta, metaKey, metaSchema, STORAGE_SCHEMA } from "./storage-layout";

/** Room storage was written by a newer version of Netra. Trying again with this one does not help. */
export class NewerStorageError extends Error {
  override readonly name = "NewerStorageError";
  readonly retryHelps = false;
  constructor(readonly found: number) {
    super(`Room storage has schema ${found}; this version of Netra knows ${STORAGE_SCHEMA}`);
  }
}

const versionSchema = z.looseObject({ schema: z.number().int().positive() });

/**
 * What each schema makes of the meta entry of the one before. Events, run record, checkpoint and
 * waiting messages kept their form so far: a run in flight over an upgrade goes on.
 */
const steps: Record<number, (meta: Record<string, unknown>) => Record<string, unknown>> = {
  // 2: the log is compacted after a run; nothing is yet.
  1: (meta) => ({ ...meta, schema: 2, finished: 0, compacted: 0 }),
};

/**
 * Where the thread stands, in the form of today; older storage is brought up in one write.
 * @throws NewerStorageError
 */
export async function openMeta(storage: RoomStorage): Promise<Meta> {
  const stored = await storage.get(metaKey);
  if (stored === undefined) {
    return { schema: STORAGE_SCHEMA, seq: 0, nextEvidence: 1, finished: 0, compacted: 0 };
  }
  let meta: Record<string, unknown> & { schema: number } = versionSchema.parse(stored);
  if (meta.schema === STORAGE_SCHEMA) return metaSchema.parse(meta);
  while (meta.schema < STORAGE_SCHEMA) {
    const step = steps[meta.schema];
    if (!step) throw new Error(`No way leads from room storage schema ${meta.schema}`);
    meta = versionSchema.parse(step(meta));
  }
  if (meta.schema > STORAGE_SCHEMA) throw new NewerStorageError(meta.schema);
  const migrated = metaSchema.parse(meta);
  await storage.write({ put: { [metaKey]: migrated } });
  return migrated;
}
