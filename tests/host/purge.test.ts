import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as raw } from "drizzle-orm";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { orderRoom } from "../../app/chat/order-room.server";
import { purgeExpiredThreads } from "../../app/chat/purge-threads.server";
import { roomsAt } from "../../app/chat/room-door.server";
import { deleteThread, listMessages, listRuns, restoreThread } from "../../db/postgres";
import { buildRooms } from "../../party/host/build-rooms";
import { closeCodes, WAKE_AUDIENCE } from "../../party/protocol";
import { recordSignIn } from "../support/sign-in";
import { freePort } from "../support/web-server";
import { startTestRecord, type TestRecord } from "../threads/record";
import { RoomProcess, SECRET, until, Visitor } from "./room-process";

const folder = mkdtempSync(join(tmpdir(), "netra-purge-"));
let record: TestRecord;
let rooms: RoomProcess;
beforeAll(async () => {
  const bundle = join(folder, "worker.js");
  const [started, port] = await Promise.all([
    startTestRecord(),
    freePort(),
    buildRooms({ entry: "tests/host/scripted-rooms.ts", outfile: bundle }),
  ]);
  record = started;
  const env = { DATABASE_URL: record.url, RECORD_URL: record.url };
  rooms = await RoomProcess.start(join(folder, "data"), port, bundle, env);
}, 120_000);
afterAll(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
  await record?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Where the room says that its thread stands, by a wake. */
async function standingOf({ threadId, workspaceId }: Visitor): Promise<unknown> {
  const token = await new SignJWT({ room: threadId, workspace: workspaceId })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(WAKE_AUDIENCE)
    .setExpirationTime("60s")
    .sign(new TextEncoder().encode(SECRET));
  const answer = await fetch(`${rooms.url}/parties/main/${threadId}/wake`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.json();
}

it("RM62, RM63: a deletion stops the run in a real room, a restore brings it back, a purge empties it", async () => {
  const door = { config: { ROOM_TICKET_SECRET: SECRET }, rooms: roomsAt(rooms.url) };
  const person = await record.person("Ada");
  await recordSignIn(record.db, person);
  const { threadId, workspaceId } = await record.thread(person, "Doomed");
  const ada = new Visitor(person.userId, workspaceId, threadId);
  const socket = await ada.connect(rooms.url);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const text = "slow";
  socket.send(JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }));
  await until(() => ada.count("text-delta") > 0);

  await deleteThread(record.db, ada);
  await orderRoom(door, ada, "look");
  expect(await closed).toBe(closeCodes.threadDeleted);
  let state = "";
  await until(() => {
    void listRuns(record.db, ada).then(([run]) => {
      state = run?.state ?? "";
    });
    return state === "cancelled";
  });

  await restoreThread(record.db, ada);
  await orderRoom(door, ada, "look");
  const back = await ada.connect(rooms.url);
  await until(() => ada.runIsOver);
  back.close();

  await deleteThread(record.db, ada);
  await record.db.write((sql) =>
    sql.execute(
      raw`update threads set deleted_at = now() - interval '8 days' where id = ${threadId}`,
    ),
  );
  const purge = () => purgeExpiredThreads(record.db, (place) => orderRoom(door, place, "purge"));
  expect(await purge()).toEqual({ purged: 1, waiting: 0 });
  expect(await purge()).toEqual({ purged: 0, waiting: 0 });
  expect(await listMessages(record.db, ada)).toEqual([]);
  expect(await standingOf(ada)).toEqual({ seq: 0, activeRunId: null, refused: 0 });
}, 60_000);
