import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { listRuns, type SignedIn } from "../../db/postgres";
import type { NumberedEvent } from "../../party/protocol";
import { ATTEMPTS_MAX } from "../../party/room/run-slot";
import { Random } from "../simulator/random";
import { recordSignIn } from "../support/sign-in";
import { freePort } from "../support/web-server";
import { startTestRecord, type TestRecord } from "../threads/record";
import type { FailPointName } from "./fail-point";
import { RoomProcess, until, Visitor } from "./room-process";
import { judgeRecord, judgeRun, of } from "./verdict";

/** What is killed: processes that run scripted rooms. */
export interface Doomed {
  name: string;
  /** Resolves to the path of what the process is started with; the folder is for it. */
  build(folder: string): Promise<string>;
  /** The process; by default the one that runs the rooms alone. */
  main?: string;
  /** How many of the named fail points, chosen by the seed, and of the random instants a short run tries. */
  share: { named: number; random: number };
}

/** `NETRA_TEST_FULL=1` dies at every fail point and 50 times at random instants; `NETRA_SEED=7` at other ones. */
const full = process.env.NETRA_TEST_FULL === "1";
const seed = Number(process.env.NETRA_SEED ?? Date.now() % 100_000);
/** The scripted run of a `slow` message. */
const RUN_MS = 3_000;

interface Death {
  at: `${FailPointName}:${number}`;
  message: "hello" | "large";
  what: string;
}

const named: readonly Death[] = [
  { at: "token:8", message: "hello", what: "mid-token" },
  { at: "tool:3", message: "hello", what: "mid-tool" },
  { at: "log-written:11", message: "hello", what: "after write and before send" },
  { at: "log-sent:11", message: "hello", what: "frames are sent and the write is not on disk" },
  // How many deliveries a run takes depends on how busy the machine is: the first always comes.
  { at: "delivered:1", message: "hello", what: "in an outbox flush: the record has it" },
  { at: "compaction-written:1", message: "large", what: "in the middle of a compaction" },
];
const furtherDeaths: readonly Death[] = [
  { at: "log-begun:1", message: "hello", what: "the message is asked to be stored" },
  { at: "log-written:1", message: "hello", what: "the message is stored and not acknowledged" },
  { at: "log-written:2", message: "hello", what: "the run has begun" },
  { at: "log-begun:9", message: "hello", what: "a write was asked for and has not happened" },
  { at: "delivery-begun:1", message: "hello", what: "in an outbox flush: the record lacks it" },
  { at: "compaction-begun:1", message: "large", what: "a compaction was asked for" },
  { at: "compaction-written:2", message: "large", what: "the compaction's last write" },
];

/** `kill -9` at named and at random instants: no token is lost, changed or shown twice, and every run ends by itself. */
export function testKills({ name, build, main, share }: Doomed): void {
  const chosen = new Random(seed).shuffle(named).slice(0, share.named);
  const deaths = full ? [...named, ...furtherDeaths] : chosen;
  const kills = full ? 50 : share.random;
  const folder = mkdtempSync(join(tmpdir(), "netra-kills-"));
  let bundle = "";
  let record: TestRecord;
  let ada: SignedIn;
  let port = 0;

  beforeAll(async () => {
    [record, port, bundle] = await Promise.all([startTestRecord(), freePort(), build(folder)]);
    ada = await record.person("Ada");
    await recordSignIn(record.db, ada);
  }, 120_000);
  afterAll(async () => {
    await record?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(death?: { at: string; threadId: string }): Promise<RoomProcess> {
    return RoomProcess.start(
      join(folder, "data"),
      port,
      bundle,
      {
        DATABASE_URL: record.url,
        RECORD_URL: record.url,
        FAIL_POINT: death ? `${death.at}@${death.threadId}` : "",
      },
      main,
    );
  }

  /** Somebody in a new thread. */
  async function visitor(): Promise<Visitor> {
    const { threadId } = await record.thread(ada, "New");
    return new Visitor(ada.userId, ada.workspaceId, threadId);
  }

  async function say(who: Visitor, url: string, text: string, id: string): Promise<WebSocket> {
    const socket = await who.connect(url);
    socket.send(JSON.stringify({ type: "message.send", id, text }));
    return socket;
  }

  /** Nobody is there: the run comes to its end in the record by itself. */
  async function untilRecorded(who: Visitor): Promise<void> {
    let isOver = false;
    await until(() => {
      void listRuns(record.db, who).then((runs) => {
        isOver = runs.length > 0 && runs.every(({ finishedAt }) => finishedAt !== null);
      });
      return isOver;
    }, 30_000);
  }

  /** Comes back, sees the run's end, and compares with what a stranger sees and the record holds. */
  async function judgeAll(
    someone: Visitor,
    beforeDeath: readonly NumberedEvent[],
    url: string,
  ): Promise<void> {
    const { userId, workspaceId, threadId, events } = someone;
    const stranger = new Visitor(userId, workspaceId, threadId);
    for (const who of [someone, stranger]) {
      const socket = await who.connect(url);
      await until(() => who.runIsOver);
      socket.close();
    }
    judgeRun({ events, beforeDeath, afterwards: stranger.events });
    await untilRecorded(someone);
    await judgeRecord(record.db, someone, events);
  }

  describe.runIf(process.platform === "linux")(`kill -9 of ${name}`, () => {
    it(
      `RM1, RM2, RM7, RM16, RM23, RM25: at ${deaths.length} named fail points (NETRA_SEED=${seed}) no token is lost, changed or shown twice, and every run ends by itself`,
      async () => {
        const people = await Promise.all(deaths.map(visitor));
        // The process that takes up one thread's run is itself doomed in the next thread.
        const startFor = (index: number) => {
          const [death, someone] = [deaths[index], people[index]];
          return start(death && someone && { at: death.at, threadId: someone.threadId });
        };
        let rooms = await startFor(0);
        try {
          for (const [index, { at, message, what }] of deaths.entries()) {
            const someone = people[index] ?? new Visitor();
            const id = crypto.randomUUID();
            try {
              await say(someone, rooms.url, message, id);
              await rooms.dieAtFailPoint();
              const beforeDeath = [...someone.events];
              rooms = await startFor(index + 1);
              // Who never got an answer sends it again; all else goes on with nobody there.
              if (someone.heard("ack").length === 0) {
                const socket = await say(someone, rooms.url, message, id);
                await until(() => someone.heard("ack").length > 0);
                socket.close();
              }
              await untilRecorded(someone);
              await judgeAll(someone, beforeDeath, rooms.url);
            } catch (cause) {
              throw new Error(`Killed at ${at} (${what}): ${String(cause)}`, { cause });
            }
          }
        } finally {
          await rooms.kill();
        }
      },
      60_000 + deaths.length * 15_000,
    );

    it(
      `RM1, RM2, RM7: ${kills} times at any instant (NETRA_SEED=${seed})`,
      async () => {
        const random = new Random(seed);
        let rooms = await start();
        try {
          for (let kill = 0; kill < kills; kill++) {
            const someone = await visitor();
            await say(someone, rooms.url, "slow", crypto.randomUUID());
            await until(() => someone.heard("ack").length > 0);
            await new Promise((resolve) => setTimeout(resolve, random.int(0, RUN_MS + 200)));
            // Either of the two dies first; the other follows by itself.
            if (random.chance(0.5)) rooms.child.kill("SIGKILL");
            else for (const pid of rooms.workerdPids) process.kill(pid, "SIGKILL");
            await rooms.exited;
            const beforeDeath = [...someone.events];
            rooms = await start();
            if (random.chance(0.5)) await untilRecorded(someone);
            await judgeAll(someone, beforeDeath, rooms.url);
          }
        } finally {
          await rooms.kill();
        }
      },
      60_000 + kills * 20_000,
    );

    it.runIf(full)(
      "RM8: in every recovery: after five the run fails by name, with nobody there",
      async () => {
        const someone = await visitor();
        const death = { at: "token:1", threadId: someone.threadId };
        let rooms = await start(death);
        try {
          await say(someone, rooms.url, "hello", crypto.randomUUID());
          for (let life = 0; life <= ATTEMPTS_MAX; life++) {
            await rooms.dieAtFailPoint();
            rooms = await start(death);
          }
          await untilRecorded(someone);
          const socket = await someone.connect(rooms.url);
          await until(() => someone.runIsOver);
          socket.close();
          expect(of(someone.events, "run-resumed").map(({ attempt }) => attempt)).toEqual([
            1, 2, 3, 4, 5,
          ]);
          expect(of(someone.events, "run-finished")).toMatchObject([
            { state: "failed", reason: expect.stringContaining("interrupted 6 times") },
          ]);
          await judgeRecord(record.db, someone, someone.events);
        } finally {
          await rooms.kill();
        }
      },
      120_000,
    );
  });
}
