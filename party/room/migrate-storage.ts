import { z } from "zod";
import type { RoomStorage, StorageChange } from "../ports/room";
import {
  type Meta,
  metaKey,
  metaSchema,
  runKey,
  STORAGE_SCHEMA,
  type StopRequest,
  stopKey,
} from "./storage-layout";

/** Room storage was written by a newer version of Netra. Trying again with this one does not help. */
export class NewerStorageError extends Error {
  override readonly name = "NewerStorageError";
  readonly retryHelps = false;
  constructor(readonly found: number) {
    super(`Room storage has schema ${found}; this version of Netra knows ${STORAGE_SCHEMA}`);
  }
}

const versionSchema = z.looseObject({ schema: z.number().int().positive() });

interface Step {
  meta: Record<string, unknown>;
  put?: StorageChange["put"];
}

/**
 * What each schema makes of the one before: its meta entry, and entries that changed. Events, checkpoint
 * and waiting messages kept their form so far: a run in flight over an upgrade goes on.
 */
const steps: Record<
  number,
  (meta: Record<string, unknown>, storage: RoomStorage) => Promise<Step>
> = {
  // 2: the log is compacted after a run; nothing is yet.
  1: async (meta) => ({ meta: { ...meta, schema: 2, finished: 0, compacted: 0 } }),
  // 3: that a run is to be stopped stands beside its record, with the cause.
  2: async (meta, storage) => {
    const run = stoppableSchema.safeParse(await storage.get(runKey));
    const next = { meta: { ...meta, schema: 3 } };
    if (!run.success || !run.data.cancelled) return next;
    const stop: StopRequest = { runId: run.data.runId, because: "asked" };
    return { ...next, put: { [stopKey]: stop } };
  },
  // 4: model calls are events, delivered by themselves; there were none before.
  3: async (meta) => ({ meta: { ...meta, schema: 4, called: 0 } }),
};

const stoppableSchema = z.looseObject({ runId: z.string(), cancelled: z.boolean() });

/**
 * Where the thread stands, in the form of today; older storage is brought up in one write.
 * @throws NewerStorageError
 */
export async function openMeta(storage: RoomStorage): Promise<Meta> {
  const stored = await storage.get(metaKey);
  if (stored === undefined) {
    return {
      schema: STORAGE_SCHEMA,
      seq: 0,
      nextEvidence: 1,
      finished: 0,
      called: 0,
      compacted: 0,
    };
  }
  let meta: Record<string, unknown> & { schema: number } = versionSchema.parse(stored);
  if (meta.schema === STORAGE_SCHEMA) return metaSchema.parse(meta);
  let put: StorageChange["put"] = {};
  while (meta.schema < STORAGE_SCHEMA) {
    const step = steps[meta.schema];
    if (!step) throw new Error(`No way leads from room storage schema ${meta.schema}`);
    const next = await step(meta, storage);
    meta = versionSchema.parse(next.meta);
    put = { ...put, ...next.put };
  }
  if (meta.schema > STORAGE_SCHEMA) throw new NewerStorageError(meta.schema);
  const migrated = metaSchema.parse(meta);
  await storage.write({ put: { ...put, [metaKey]: migrated } });
  return migrated;
}
