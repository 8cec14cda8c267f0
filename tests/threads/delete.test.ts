import { randomUUID } from "node:crypto";
import { sql as raw } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RoomUnreachable } from "../../app/chat/post-message.server";
import { purgeExpiredThreads } from "../../app/chat/purge-threads.server";
import {
  archiveThread,
  deleteThread,
  findThread,
  listExpiredThreads,
  listMessages,
  listThreads,
  purgeThread,
  renameThread,
  restoreThread,
  type SignedIn,
} from "../../db/postgres";
import { startTestRecord, type TestRecord, type ThreadKey } from "./record";

let record: TestRecord;
let ann: SignedIn;
let bob: SignedIn;
beforeAll(async () => {
  record = await startTestRecord();
  ann = await record.person("ann");
  bob = await record.person("bob");
});
afterAll(() => record?.stop());

const listed = async (filter: "current" | "archived" | "deleted", search = "") =>
  (
    await listThreads(record.db, { workspaceId: ann.workspaceId, limit: 99, filter, search })
  ).threads.map(({ id }) => id);

/** As if the thread had been deleted this long ago. */
const deletedAgo = (key: ThreadKey, interval: string) =>
  record.db.write((sql) =>
    sql.execute(
      raw`update threads set deleted_at = now() - ${interval}::interval where id = ${key.threadId}`,
    ),
  );

describe("a deleted thread", () => {
  it("is in no list but that of deleted ones, answers like a missing one, and comes back whole", async () => {
    const key = await record.thread(ann, "Doomed", [["needle"]]);
    const messages = await listMessages(record.db, key);
    expect(await deleteThread(record.db, key)).toBe(true);
    expect(await findThread(record.db, key)).toBeNull();
    for (const filter of ["current", "archived"] as const) {
      expect(await listed(filter)).not.toContain(key.threadId);
      expect(await listed(filter, "needle")).not.toContain(key.threadId);
    }
    expect(await listed("deleted")).toContain(key.threadId);
    expect(await listed("deleted", "needle")).toEqual([key.threadId]);
    expect(await renameThread(record.db, { ...key, title: "x" })).toBe(false);
    expect(await archiveThread(record.db, key)).toBe(false);

    expect(await restoreThread(record.db, key)).toBe(true);
    expect(await findThread(record.db, key)).toMatchObject({ title: "Doomed" });
    expect(await listMessages(record.db, key)).toEqual(messages);
    expect(await listed("deleted")).not.toContain(key.threadId);
  });

  it("keeps its day when it is deleted again", async () => {
    const key = await record.thread(ann, "Twice");
    await deleteThread(record.db, key);
    await deletedAgo(key, "6 days 23 hours");
    expect(await deleteThread(record.db, key)).toBe(true);
    await deletedAgo(key, "7 days 1 second");
    expect(await deleteThread(record.db, key)).toBe(false);
  });

  it("cannot be restored after 7 days, and is then removed with everything it had", async () => {
    const late = await record.thread(ann, "Late", [["x"]]);
    const early = await record.thread(ann, "Early", [["x"]]);
    for (const key of [late, early]) await deleteThread(record.db, key);
    await deletedAgo(late, "7 days 1 second");
    await deletedAgo(early, "6 days 23 hours");
    expect(await restoreThread(record.db, late)).toBe(false);
    expect(await listed("deleted")).not.toContain(late.threadId);
    expect(await listed("deleted")).toContain(early.threadId);
    expect(await purgeThread(record.db, early)).toBe(false);

    const rooms: ThreadKey[] = [];
    const told = await purgeExpiredThreads(record.db, async (place) => {
      rooms.push(place);
    });
    expect(told).toEqual({ purged: rooms.length, waiting: 0 });
    expect(rooms).toContainEqual(late);
    expect(rooms).not.toContainEqual(early);
    expect(await listExpiredThreads(record.db, { limit: 9 })).toEqual([]);
    expect(await listMessages(record.db, late)).toEqual([]);
    expect(await restoreThread(record.db, early)).toBe(true);
    expect(await listMessages(record.db, early)).toHaveLength(1);
  });

  it("stays in the record while its room cannot be told, and goes with the next housekeeping", async () => {
    const key = await record.thread(ann, "Patient", [["x"]]);
    await deleteThread(record.db, key);
    await deletedAgo(key, "8 days");
    const away = () => Promise.reject(new RoomUnreachable(key.threadId, new Error("no rooms")));
    expect(await purgeExpiredThreads(record.db, away)).toEqual({ purged: 0, waiting: 1 });
    expect(await listMessages(record.db, key)).toHaveLength(1);
    expect(await purgeExpiredThreads(record.db, async () => {})).toEqual({ purged: 1, waiting: 0 });
    expect(await listMessages(record.db, key)).toEqual([]);
  });

  it("is not deleted, restored or removed by another workspace", async () => {
    const key = await record.thread(ann, "Ann's");
    const missing = { workspaceId: bob.workspaceId, threadId: randomUUID() };
    const foreign = { workspaceId: bob.workspaceId, threadId: key.threadId };
    for (const place of [foreign, missing]) {
      expect(await deleteThread(record.db, place)).toBe(false);
      expect(await restoreThread(record.db, place)).toBe(false);
    }
    expect(await findThread(record.db, key)).not.toBeNull();
    await deleteThread(record.db, key);
    expect(await restoreThread(record.db, foreign)).toBe(false);
    await deletedAgo(key, "8 days");
    expect(await purgeThread(record.db, foreign)).toBe(false);
    expect(await purgeThread(record.db, key)).toBe(true);
  });
});
