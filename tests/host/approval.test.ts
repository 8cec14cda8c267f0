import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engines, startEngines } from "../../db/embedded";
import {
  createThread,
  listBudgets,
  listChanges,
  listDatasets,
  listRuns,
  listUnfinishedRuns,
} from "../../db/postgres";
import { type Databases, startup } from "../../db/startup";
import { development } from "../../db/startup/seed-development";
import { buildRooms } from "../../party/host/build-rooms";
import { sweep } from "../../party/host/sweep";
import { plainText, type ThreadEventOf } from "../../party/protocol";
import { recordSignIn } from "../support/sign-in";
import { freePort } from "../support/web-server";
import { APP_ORIGIN, RoomProcess, SECRET, until, Visitor } from "./room-process";

const folder = mkdtempSync(join(tmpdir(), "netra-approval-"));
const bundle = join(folder, "worker.js");
const { user, workspace } = development;
const workspaceId = workspace.id;

let engines: Engines;
let databases: Databases;
let rooms: RoomProcess | null = null;
let port = 0;

beforeAll(async () => {
  port = await freePort();
  engines = await startEngines({ dataDir: folder });
  const env = {
    ...engines.env,
    NETRA_ENV: "development",
    APP_ORIGIN,
    ROOMS_URL: `http://127.0.0.1:${port}`,
    ROOM_TICKET_SECRET: SECRET,
  };
  ({ databases } = await startup(env, { log: () => {} }));
  await recordSignIn(databases.db, { userId: user.id, workspaceId });
  await buildRooms({ outfile: bundle });
}, 120_000);
afterAll(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
  await engines?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Those that run, or new ones after a death. */
async function livingRooms(): Promise<RoomProcess> {
  if (rooms !== null) return rooms;
  const env = { ...engines.env, NETRA_ENV: "development" };
  rooms = await RoomProcess.start(folder, port, bundle, env, "party/host/main.ts");
  return rooms;
}

async function killRooms(): Promise<void> {
  await rooms?.kill();
  rooms = null;
}

/** The owner, on a device of their own. */
const device = (threadId?: string) => new Visitor(user.id, workspaceId, threadId, "owner");

async function askedFor(text: string, url: string) {
  const first = device();
  const { threadId: id } = first;
  await createThread(databases.db, { id, workspaceId, createdBy: user.id, title: "New" });
  const socket = await first.connect(url);
  socket.send(JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }));
  await until(() => first.count("approval-requested") === 1, 60_000);
  const asked = first.events.flatMap(({ event }) =>
    event.type === "approval-requested" ? [event] : [],
  )[0];
  if (!asked) throw new Error("nothing was asked");
  return { threadId: id, asked };
}

function word(
  { runId, approval }: ThreadEventOf<"approval-requested">,
  given: { decision: "approve" | "edit" | "reject"; values?: Record<string, number> },
) {
  const id = crypto.randomUUID();
  return JSON.stringify({ type: "approval.give", id, runId, approvalId: approval.id, ...given });
}

const saidBy = (visitor: Visitor) =>
  visitor.events.flatMap(({ event }) =>
    event.type === "message-added" && event.message.role === "assistant"
      ? [plainText(event.message.text)]
      : [],
  );

describe("an approval with real effect, through workerd", () => {
  it("RM44: outlives kill -9; another device decides; of two at once one word counts and the other is told", async () => {
    const before = await livingRooms();
    const { threadId, asked } = await askedFor("Set a budget of 500 USD a month", before.url);
    await killRooms();
    expect(await listBudgets(databases.db, { workspaceId })).toEqual([]);

    const after = await livingRooms();
    const [phone, desk] = [device(threadId), device(threadId)];
    const sockets = await Promise.all([phone.connect(after.url), desk.connect(after.url)]);
    await until(() => [phone, desk].every((one) => one.count("approval-requested") === 1));
    sockets[0].send(word(asked, { decision: "edit", values: { amountUsd: 300 } }));
    sockets[1].send(word(asked, { decision: "reject" }));
    await until(() => phone.runIsOver && desk.runIsOver, 60_000);
    expect(phone.count("approval-given")).toBe(1);
    const refusals = [...phone.heard("refusal"), ...desk.heard("refusal")];
    expect(refusals).toMatchObject([{ code: "already-decided" }]);

    const isEdited = desk.heard("refusal").length === 1;
    expect(saidBy(phone).at(-1)).toContain(isEdited ? "is $300.00" : "rejected it");
    const budgets = await listBudgets(databases.db, { workspaceId });
    expect(budgets.map(({ amountUsd }) => amountUsd)).toEqual(isEdited ? ["300.00"] : []);
    expect(await listChanges(databases.db, { workspaceId, limit: 9 })).toHaveLength(
      isEdited ? 1 : 0,
    );
  }, 120_000);

  it("RM7: killed as soon as the effect is there, the run ends with what was done, and it was done once", async () => {
    const [dataset] = await listDatasets(databases.db, { workspaceId, withCalls: true });
    if (!dataset) throw new Error("the demo workspace has a dataset");
    const before = await livingRooms();
    const { threadId, asked } = await askedFor(`Delete dataset "${dataset.name}"`, before.url);
    const known = (await listChanges(databases.db, { workspaceId, limit: 9 })).length;
    const first = device(threadId);
    const socket = await first.connect(before.url);
    socket.send(word(asked, { decision: "approve" }));
    let changes = known;
    await until(() => {
      void listChanges(databases.db, { workspaceId, limit: 9 }).then((rows) => {
        changes = rows.length;
      });
      return changes > known;
    }, 60_000);
    await killRooms();

    const after = await livingRooms();
    await sweep({
      roomsUrl: after.url,
      secret: SECRET,
      listUnfinished: () => listUnfinishedRuns(databases.db),
      print: () => {},
    });
    const second = device(threadId);
    await second.connect(after.url);
    await until(() => second.runIsOver, 60_000);
    expect(saidBy(second).at(-1)).toContain(`The dataset ${dataset.name} is deleted.`);
    expect(await listDatasets(databases.db, { workspaceId })).toEqual([]);
    expect(await listChanges(databases.db, { workspaceId, limit: 9 })).toHaveLength(known + 1);
    const place = { workspaceId, threadId };
    let state = "";
    await until(() => {
      void listRuns(databases.db, place).then(([run]) => {
        state = run?.state ?? "";
      });
      return state === "completed";
    });
  }, 120_000);
});
