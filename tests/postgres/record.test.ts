import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MigrationHistoryError } from "../../db/migration-history";
import {
  createDatabase,
  createThread,
  type Database,
  findEvidence,
  findThread,
  finishImport,
  ImportElsewhereError,
  listDatasets,
  listMessages,
  listReports,
  listRuns,
  listSteps,
  listThreads,
  listUnfinishedRuns,
  NoSuchThreadError,
  PostgresTimeoutError,
  PostgresUnreachableError,
  recordImportProgress,
  recordThread,
  type SignedIn,
  signIn,
  startImport,
  type ThreadWrite,
} from "../../db/postgres";
import { migratePostgres } from "../../db/postgres/migrate";
import { readMigrations } from "../../db/startup/migration-files";
import { createThreadStore } from "../../party/adapters/thread-store";
import { RecordRefusedError } from "../../party/ports/thread-store";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { freePort } from "../support/web-server";

let engines: TestEngines;
let db: Database;
let ann: SignedIn;
let bob: SignedIn;

const person = (subject: string) =>
  signIn(db, { issuer: "test", subject, email: null, name: subject });

beforeAll(async () => {
  engines = await startTestEngines({ only: { clickhouse: false, redis: false } });
  db = createDatabase({ DATABASE_URL: engines.env.DATABASE_URL ?? "" });
  const { postgres } = await readMigrations();
  // Three processes that start at once, as a rolling deploy does.
  const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(db, postgres)));
  expect(applied.flat()).toEqual(postgres.map(({ name }) => name));
  ann = await person("ann");
  bob = await person("bob");
});
afterAll(() => engines?.stop());

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds));

async function newThread(owner = ann): Promise<{ workspaceId: string; threadId: string }> {
  const place = { workspaceId: owner.workspaceId, threadId: randomUUID() };
  await createThread(db, {
    id: place.threadId,
    workspaceId: place.workspaceId,
    createdBy: owner.userId,
    title: "New thread",
  });
  return place;
}

function conversation(): ThreadWrite[] {
  const [runId, messageId, stepId] = [randomUUID(), randomUUID(), randomUUID()];
  const author = { authorId: ann.userId, authorName: "ann", writer: null };
  const text = ["Where does it go?"];
  return [
    {
      kind: "message-added",
      id: messageId,
      seq: 1,
      role: "user",
      ...author,
      runId: null,
      text,
      ending: "complete",
      at: at(1),
    },
    { kind: "run-started", runId, messageId, model: null, at: at(2) },
    {
      kind: "step-started",
      stepId,
      runId,
      agent: "data",
      writer: "rules",
      reason: "first",
      at: at(3),
    },
    {
      kind: "evidence-recorded",
      id: randomUUID(),
      runId,
      stepId,
      label: "E1",
      tool: "spend",
      body: { total: "96.791325" },
      at: at(4),
    },
    {
      kind: "step-finished",
      stepId,
      state: "completed",
      summary: ["Found it"],
      problem: null,
      at: at(5),
    },
    {
      kind: "report-written",
      runId,
      title: "Report",
      writer: "rules",
      body: { summary: [] },
      figuresChecked: 3,
      at: at(6),
    },
    { kind: "thread-titled", title: "Where it goes", source: "rule" },
    { kind: "run-finished", runId, state: "completed", reason: null, at: at(7) },
  ];
}

async function whole(place: { workspaceId: string; threadId: string }) {
  return {
    thread: await findThread(db, place),
    messages: await listMessages(db, place),
    runs: await listRuns(db, place),
    steps: await listSteps(db, place),
    evidence: await findEvidence(db, { ...place, label: "E1" }),
    reports: await listReports(db, place),
  };
}

describe("the record of a thread", () => {
  it("keeps what people write in characters that Postgres cannot hold, and goes on", async () => {
    const place = await newThread();
    const said = (id: string, seq: number, text: string): ThreadWrite => ({
      kind: "message-added",
      id,
      seq,
      role: "user",
      authorId: ann.userId,
      authorName: "ann\0",
      parentId: null,
      runId: null,
      text: [text, { figure: "1\uD800", key: "\0" }],
      writer: null,
      ending: "complete",
      at: at(seq),
    });
    await recordThread(db, place, [
      said(randomUUID(), 1, "a\0b\uD800c\uDC00d\u{1F600}"),
      { kind: "thread-titled", title: "a\0b", source: "rule" },
    ]);
    const [message] = await listMessages(db, place);
    expect(message?.text).toEqual(["a�b�c�d😀", { figure: "1�", key: "�" }]);
    expect(message?.authorName).toBe("ann�");
    expect(await findThread(db, place)).toMatchObject({ title: "a�b" });
  });

  it("knows what each question follows, and which was withdrawn, after a second delivery, too", async () => {
    const place = await newThread();
    const [one, two, again, four] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const asked = (id: string, seq: number, parentId?: string | null): ThreadWrite => ({
      kind: "message-added",
      id,
      seq,
      role: "user",
      authorId: ann.userId,
      authorName: "ann",
      ...(parentId === undefined ? {} : { parentId }),
      runId: null,
      text: [`question ${seq}`],
      writer: null,
      ending: "complete",
      at: at(seq),
    });
    const writes: ThreadWrite[] = [
      asked(one, 1, null),
      asked(two, 2, one),
      asked(again, 3, null),
      { kind: "message-withdrawn", id: two },
      // As a room from before versions delivers it: it follows the question before it.
      asked(four, 4),
    ];
    await recordThread(db, place, writes);
    await recordThread(db, place, writes);
    const messages = await listMessages(db, place);
    expect(messages.map(({ id, parentId, ending }) => [id, parentId, ending])).toEqual([
      [one, null, "complete"],
      [two, one, "withdrawn"],
      [again, null, "complete"],
      [four, again, "complete"],
    ]);
  });

  it("is one line of questions in threads from before versions, once migrated", async () => {
    const place = await newThread();
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const line = ids.map(
      (id, index): ThreadWrite => ({
        kind: "message-added",
        id,
        seq: index + 1,
        role: index === 1 ? "assistant" : "user",
        authorId: null,
        authorName: null,
        parentId: null,
        runId: null,
        text: ["said"],
        writer: null,
        ending: "complete",
        at: at(index),
      }),
    );
    await recordThread(db, place, line);
    const { postgres } = await readMigrations();
    const mend = postgres
      .flatMap(({ statements }) => statements)
      .find((statement) => statement.includes('UPDATE "messages" SET "parent_id"'));
    await db.write((sql) => sql.execute(mend ?? ""), { idempotent: true });
    const messages = await listMessages(db, place);
    expect(messages.map(({ parentId }) => parentId)).toEqual([null, null, ids[0]]);
  });

  it("knows a run that waits for an approval, which the boot sweep leaves alone; what ended stays ended", async () => {
    const place = await newThread();
    const writes = conversation();
    const started = writes.find((write) => write.kind === "run-started");
    if (started?.kind !== "run-started") throw new Error("no run");
    const { runId } = started;
    const state = async () => (await listRuns(db, place)).map((run) => run.state);
    const isSwept = async () =>
      (await listUnfinishedRuns(db)).some((unfinished) => unfinished.runId === runId);
    await recordThread(db, place, [...writes.slice(0, 2), { kind: "run-paused", runId }]);
    expect(await state()).toEqual(["waiting-approval"]);
    expect(await isSwept()).toBe(false);
    await recordThread(db, place, [{ kind: "run-continued", runId }]);
    expect(await state()).toEqual(["running"]);
    expect(await isSwept()).toBe(true);
    await recordThread(db, place, writes.slice(-1));
    await recordThread(db, place, [{ kind: "run-paused", runId }]);
    expect(await state()).toEqual(["completed"]);
  });

  it("holds what happened, and is the same after a second and a partial delivery", async () => {
    const place = await newThread();
    const writes = conversation();
    await recordThread(db, place, writes);
    const once = await whole(place);
    expect(once.thread).toMatchObject({ title: "Where it goes", titleSource: "rule" });
    expect(once.messages).toMatchObject([
      { seq: 1, text: ["Where does it go?"], createdAt: at(1) },
    ]);
    expect(once.runs).toMatchObject([{ state: "completed", finishedAt: at(7) }]);
    expect(once.steps).toMatchObject([{ state: "completed", summary: ["Found it"] }]);
    expect(once.evidence).toMatchObject({ body: { total: "96.791325" } });
    expect(once.reports).toMatchObject([{ title: "Report", body: { summary: [] } }]);

    await recordThread(db, place, writes);
    await recordThread(db, place, writes.slice(0, 3));
    expect(await whole(place)).toEqual(once);
  });

  it("keeps a run as it ended and a title that a person gave", async () => {
    const place = await newThread();
    const writes = conversation();
    await recordThread(db, place, writes);
    const [run] = await listRuns(db, place);
    await recordThread(db, place, [
      { kind: "run-finished", runId: run?.id ?? "", state: "failed", reason: "late", at: at(9) },
      { kind: "thread-titled", title: "Mine", source: "human" },
    ]);
    await recordThread(db, place, [{ kind: "thread-titled", title: "Crew's", source: "model" }]);
    expect(await listRuns(db, place)).toEqual([run]);
    expect((await findThread(db, place))?.title).toBe("Mine");
  });

  it("refuses to write into a thread of another workspace, and writes nothing of it", async () => {
    const place = await newThread();
    const foreign = { workspaceId: bob.workspaceId, threadId: place.threadId };
    await expect(recordThread(db, foreign, conversation())).rejects.toThrow(NoSuchThreadError);
    expect(await listMessages(db, place)).toEqual([]);
    expect(await listMessages(db, foreign)).toEqual([]);
  });

  it("shows nothing of it to another workspace", async () => {
    const place = await newThread();
    await recordThread(db, place, conversation());
    const seen = await whole({ workspaceId: bob.workspaceId, threadId: place.threadId });
    expect(seen).toEqual({
      thread: null,
      messages: [],
      runs: [],
      steps: [],
      evidence: null,
      reports: [],
    });
  });

  it("lists runs that did not end", async () => {
    const place = await newThread();
    await recordThread(db, place, conversation().slice(0, 3));
    const unfinished = await listUnfinishedRuns(db);
    expect(unfinished.map((run) => run.threadId)).toContain(place.threadId);
    expect(
      (await listThreads(db, { workspaceId: place.workspaceId, limit: 100 })).threads,
    ).toContainEqual(expect.objectContaining({ id: place.threadId, runState: "running" }));
  });
});

describe("the list of threads", () => {
  it("shows each thread once over all pages, the latest activity first", async () => {
    const carl = await person("carl");
    const { workspaceId } = carl;
    const made = await Promise.all(Array.from({ length: 7 }, () => newThread(carl)));
    const latest = made[3]?.threadId ?? "";
    await recordThread(db, { workspaceId, threadId: latest }, [
      {
        kind: "run-started",
        runId: randomUUID(),
        messageId: randomUUID(),
        model: null,
        at: new Date(Date.now() + 60_000),
      },
    ]);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listThreads(db, { workspaceId, limit: 3, after });
      seen.push(...page.threads.map((thread) => thread.id));
      after = page.next;
    } while (after !== null);
    expect(seen).toHaveLength(7);
    expect(seen[0]).toBe(latest);
    expect(new Set(seen)).toEqual(new Set(made.map((place) => place.threadId)));
  });

  it("takes a cursor edited by hand for the first page", async () => {
    const page = await listThreads(db, {
      workspaceId: ann.workspaceId,
      limit: 1,
      after: "2026-01-01 00:00:00+00~x'; drop table threads; --",
    });
    expect(page.threads).toHaveLength(1);
  });
});

describe("an import", () => {
  const begin = (id: string, owner: SignedIn, datasetId: string) =>
    startImport(db, {
      id,
      workspaceId: owner.workspaceId,
      dataset: { id: datasetId, name: "log.csv", source: "import" },
      fileName: "log.csv",
      fileBytes: 10,
      options: { startTime: 0 },
      createdBy: owner.userId,
    });

  it("counts in its dataset once, however often it is begun and ended", async () => {
    const [id, datasetId] = [randomUUID(), randomUUID()];
    const { workspaceId } = bob;
    await begin(id, bob, datasetId);
    await begin(id, bob, datasetId);
    const progress = { workspaceId, importId: id, bytesRead: 9, rowsAccepted: 8, rowsRejected: 1 };
    await recordImportProgress(db, progress);
    await recordImportProgress(db, { ...progress, bytesRead: 3, rowsAccepted: 2 });
    expect(await begin(id, bob, datasetId)).toMatchObject({ bytesRead: 9, rowsAccepted: 8 });
    const ending = {
      ...progress,
      state: "completed" as const,
      receipt: { rowsAccepted: 8 },
      problem: null,
      firstCallAt: at(1),
      lastCallAt: at(2),
    };
    const ended = await Promise.all([finishImport(db, ending), finishImport(db, ending)]);
    expect(ended.sort()).toEqual([false, true]);
    expect(await listDatasets(db, { workspaceId, withCalls: true })).toMatchObject([
      { id: datasetId, version: 1, calls: 8, firstCallAt: at(1), lastCallAt: at(2) },
    ]);
  });

  it("cannot go into a dataset, or under an id, of another workspace", async () => {
    const [id, datasetId] = [randomUUID(), randomUUID()];
    await begin(id, bob, datasetId);
    await expect(begin(randomUUID(), ann, datasetId)).rejects.toThrow(ImportElsewhereError);
    await expect(begin(id, ann, randomUUID())).rejects.toThrow(ImportElsewhereError);
  });
});

describe("a database that does not answer", () => {
  it("is told from a refused statement, for requests and for transactions", async () => {
    const gone = createDatabase({ DATABASE_URL: `postgres://a:b@127.0.0.1:${await freePort()}/x` });
    await expect(listUnfinishedRuns(gone)).rejects.toThrow(PostgresUnreachableError);
    await expect(person2(gone)).rejects.toThrow(PostgresUnreachableError);
  });

  it("is given up after the time-out", async () => {
    const slow = createDatabase(
      { DATABASE_URL: engines.env.DATABASE_URL ?? "" },
      { timeoutMs: 150, retry: { attempts: 1, firstWaitMs: 1 } },
    );
    const started = performance.now();
    await expect(slow.read((sql) => sql.execute("select pg_sleep(2)"))).rejects.toThrow(
      PostgresTimeoutError,
    );
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  const person2 = (database: Database) =>
    signIn(database, { issuer: "test", subject: "x", email: null, name: "x" });
});

describe("migrations", () => {
  it("refuse a file that was changed after it was applied, and a database ahead of the code", async () => {
    const { postgres } = await readMigrations();
    const changed = postgres.map((one) => ({ ...one, checksum: "another" }));
    await expect(migratePostgres(db, changed)).rejects.toThrow(/changed after it was applied/);
    await expect(migratePostgres(db, [])).rejects.toThrow(MigrationHistoryError);
    await expect(migratePostgres(db, postgres)).resolves.toEqual([]);
  });

  it("undo everything when one statement fails", async () => {
    const { postgres } = await readMigrations();
    const broken = {
      name: "9999_broken",
      statements: ["create table half ()", "create table other (x nonsense)"],
      generatedAt: Date.now(),
      checksum: "h",
    };
    await expect(migratePostgres(db, [...postgres, broken])).rejects.toThrow(
      /"nonsense" does not exist/,
    );
    const half = await db.read((sql) => sql.execute("select to_regclass('half') as found"));
    expect(half.rows).toEqual([{ found: null }]);
  });
});

describe("what the record refuses for good", () => {
  it("RM67: is told apart from an outage, with the rule that was broken, and nothing of the delivery is kept", async () => {
    const place = await newThread();
    const message = (id: string, authorId: string) => ({
      type: "message-added" as const,
      message: {
        id,
        role: "user" as const,
        author: { id: authorId, name: "Ann" },
        parentId: null,
        runId: null,
        text: ["hello"],
        writer: null,
        ending: "complete" as const,
        at: at(1).toISOString(),
      },
    });
    const store = createThreadStore(db);
    const refusal = await store
      .applyEvents(place, [
        { seq: 1, at: at(1).toISOString(), event: message(randomUUID(), ann.userId) },
        { seq: 2, at: at(1).toISOString(), event: message(randomUUID(), randomUUID()) },
      ])
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RecordRefusedError);
    expect(refusal).toMatchObject({ code: "23503", rule: expect.stringContaining("author") });
    expect(await listMessages(db, place)).toEqual([]);
    const unreachable = createDatabase({
      DATABASE_URL: `postgres://u:p@127.0.0.1:${await freePort()}/db`,
    });
    await expect(
      createThreadStore(unreachable).applyEvents(place, [
        { seq: 1, at: at(1).toISOString(), event: message(randomUUID(), ann.userId) },
      ]),
    ).rejects.toBeInstanceOf(PostgresUnreachableError);
  });
});
