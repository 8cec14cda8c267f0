import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignedIn } from "../../db/postgres";
import { buildEdgeWorker } from "../../party/host/build-edge";
import { closeCodes } from "../../party/protocol";
import { STORAGE_SCHEMA } from "../../party/room/storage-layout";
import { recordSignIn, TEST_SESSION } from "../support/sign-in";
import { compileApp, freePort } from "../support/web-server";
import { startTestRecord, type TestRecord } from "../threads/record";
import { EARLIER_PROTOCOL, EARLIER_SCHEMA, earlierVersion } from "./earlier-version";
import { RoomProcess, until, Visitor } from "./room-process";
import { judgeRecord, judgeRun } from "./verdict";

const rooms = "tests/host/scripted-rooms.ts";
const data = mkdtempSync(join(tmpdir(), "netra-roll-out-"));
let app: Awaited<ReturnType<typeof compileApp>>;
let record: TestRecord;
let ada: SignedIn;
let port = 0;
/** The deployable units of two versions. */
let units: { earlier: string; current: string };

beforeAll(async () => {
  [record, port, app] = await Promise.all([
    startTestRecord(),
    freePort(),
    compileApp({ NETRA_PLATFORM: "edge" }),
  ]);
  units = { current: app.folder, earlier: `${app.folder}-earlier` };
  cpSync(app.folder, units.earlier, { recursive: true });
  await Promise.all([
    buildEdgeWorker({ folder: units.current, rooms }),
    buildEdgeWorker({ folder: units.earlier, rooms, plugins: [earlierVersion] }),
  ]);
  ada = await record.person("Ada");
  await recordSignIn(record.db, ada);
}, 120_000);
afterAll(async () => {
  await record?.stop();
  app?.remove();
  if (units) rmSync(units.earlier, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
});

const start = (version: keyof typeof units) =>
  RoomProcess.start(
    data,
    port,
    units[version],
    { DATABASE_URL: record.url, RECORD_URL: record.url },
    "tests/host/scripted-edge-main.ts",
  );

async function end({ child, exited }: RoomProcess): Promise<void> {
  child.kill("SIGTERM");
  await exited;
}

describe.runIf(process.platform === "linux")("a roll-out of the worker", () => {
  it("RM1, RM15, RM23: an old tab, an old room and a new worker meet, and no event is lost; nor by a roll-back", async () => {
    const { threadId } = await record.thread(ada, "New");
    const { userId, workspaceId } = ada;
    const tab = new Visitor(
      userId,
      workspaceId,
      threadId,
      "member",
      TEST_SESSION,
      EARLIER_PROTOCOL,
    );

    const before = await start("earlier");
    const socket = await tab.connect(before.url);
    socket.send(JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text: "slow" }));
    await until(() => tab.count("text-delta") > 4);
    await end(before);
    const beforeDeath = [...tab.events];

    // The run of the old room goes on, and the old tab is told to load itself anew.
    const after = await start("current");
    const again = await tab.connect(after.url);
    const closed = new Promise((resolve) => again.once("close", resolve));
    expect(await closed).toBe(closeCodes.outdatedClient);
    expect(tab.heard("refusal")).toMatchObject([{ code: "outdated-client", retry: false }]);
    expect(tab.events).toEqual(beforeDeath);

    const reloaded = new Visitor(userId, workspaceId, threadId);
    reloaded.events.push(...tab.events);
    await reloaded.connect(after.url);
    await until(() => reloaded.runIsOver);
    const stranger = new Visitor(userId, workspaceId, threadId);
    await stranger.connect(after.url);
    await until(() => stranger.runIsOver);
    const { events } = reloaded;
    judgeRun({ events, beforeDeath, afterwards: stranger.events });
    await end(after);

    // Rolled back beneath the room: it is not touched, and the log says which schema it has.
    const back = await start("earlier");
    const puzzled = new Visitor(
      userId,
      workspaceId,
      threadId,
      "member",
      TEST_SESSION,
      EARLIER_PROTOCOL,
    );
    const refused = await puzzled.connect(back.url).then(
      (open) => new Promise((resolve) => open.once("close", resolve)),
      (code: unknown) => code,
    );
    expect(refused).not.toBe(closeCodes.outdatedClient);
    const known = `Room storage has schema ${STORAGE_SCHEMA}; this version of Netra knows ${EARLIER_SCHEMA}`;
    await until(() => back.lines.some((line) => line.includes(known)));
    expect(puzzled.events).toEqual([]);
    await end(back);

    const forth = await start("current");
    const later = new Visitor(userId, workspaceId, threadId);
    await later.connect(forth.url);
    await until(() => later.runIsOver);
    expect(later.events).toEqual(stranger.events);
    await judgeRecord(record.db, later, events);
    await end(forth);
  }, 120_000);
});
