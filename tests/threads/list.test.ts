import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  archiveThread,
  findThread,
  listThreads,
  recordThread,
  renameThread,
  type SignedIn,
  unarchiveThread,
} from "../../db/postgres";
import { startTestRecord, type TestRecord } from "./record";

let record: TestRecord;
let ann: SignedIn;
let bob: SignedIn;
beforeAll(async () => {
  record = await startTestRecord();
  ann = await record.person("ann");
  bob = await record.person("bob");
});
afterAll(() => record?.stop());

async function titlesFound(search: string, owner = ann): Promise<string[]> {
  const { threads } = await listThreads(record.db, {
    workspaceId: owner.workspaceId,
    limit: 50,
    search,
  });
  return threads.map(({ title }) => title);
}

describe("a search over threads", () => {
  beforeAll(async () => {
    await record.thread(ann, "Spend by model", [
      ["Compare anthropic/claude-3 with the rest, please"],
      ["It cost ", { text: "$96.79", evidence: "E1", segment: "hidden", key: "cost" }, " in all."],
    ]);
    await record.thread(ann, "Ärger mit der Latenz", [["Why is it slow?"]]);
    await record.thread(ann, "Caching", [["What of prefixes?"]]);
    await record.thread(bob, "Spend of another workspace", [["claude"]]);
  });

  it("finds titles and messages by the beginnings of words, in any case", async () => {
    expect(await titlesFound("SPEND mod")).toEqual(["Spend by model"]);
    expect(await titlesFound("claude")).toEqual(["Spend by model"]);
    expect(await titlesFound("ärger")).toEqual(["Ärger mit der Latenz"]);
    expect(await titlesFound("slow?")).toEqual(["Ärger mit der Latenz"]);
  });

  it("finds the figures of an answer and none of what a figure refers to", async () => {
    expect(await titlesFound("$96.79")).toEqual(["Spend by model"]);
    expect(await titlesFound("hidden")).toEqual([]);
  });

  it("asks for every word, in the title or in one message", async () => {
    expect(await titlesFound("cost all")).toEqual(["Spend by model"]);
    expect(await titlesFound("claude slow")).toEqual([]);
  });

  it("says which message it found", async () => {
    const find = async (search: string) =>
      (await listThreads(record.db, { workspaceId: ann.workspaceId, limit: 1, search })).threads[0];
    expect(await find("cost")).toMatchObject({ found: "It cost $96.79 in all." });
    expect(await find("caching")).toMatchObject({ title: "Caching", found: null });
  });

  it("never reads another workspace", async () => {
    expect(await titlesFound("claude", bob)).toEqual(["Spend of another workspace"]);
    expect(await titlesFound("Caching", bob)).toEqual([]);
  });

  it.each([
    "'",
    "\\",
    "a'b\\'",
    "!",
    "a & | ! ( b",
    "a <-> b",
    "a:*B",
    "%_%",
    "\0",
    "\ud800",
    "x\udc00y",
    "'; drop table threads; --",
    "—",
    "🙂",
    "a".repeat(20_000),
    "a ".repeat(20_000),
    "$1 $2",
    "{{",
  ])("takes %j as words", async (search) => {
    await expect(titlesFound(search)).resolves.toBeInstanceOf(Array);
  });

  it("lists everything when nothing is searched for", async () => {
    expect(await titlesFound("  ,;  ")).toHaveLength(3);
  });

  it("goes over pages, the latest activity first", async () => {
    const carl = await record.person("carl");
    for (let each = 0; each < 7; each++) {
      await record.thread(carl, `Needle ${each}`, [["x"]]);
      await record.thread(carl, `Hay ${each}`, [["x"]]);
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listThreads(record.db, {
        workspaceId: carl.workspaceId,
        limit: 3,
        after,
        search: "needle",
      });
      seen.push(...page.threads.map(({ title }) => title));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((each) => `Needle ${each}`));
  });

  it("takes a message of any size", async () => {
    const long = "word ".repeat(200_000) + "x".repeat(100_000);
    const key = await record.thread(bob, "Long", [[long]]);
    expect(await findThread(record.db, key)).toMatchObject({ title: "Long" });
    expect(await titlesFound("word", bob)).toEqual(["Long"]);
  });
});

describe("a title", () => {
  it("given by a person stays, whatever the crew says later", async () => {
    const key = await record.thread(ann, "Rule's title");
    expect(await renameThread(record.db, { ...key, title: "Mine" })).toBe(true);
    for (const source of ["rule", "model"] as const) {
      await recordThread(record.db, key, [{ kind: "thread-titled", title: "Crew's", source }]);
    }
    expect(await findThread(record.db, key)).toMatchObject({ title: "Mine", titleSource: "human" });
    expect(await titlesFound("mine")).toEqual(["Mine"]);
  });

  it("is not given by another workspace", async () => {
    const key = await record.thread(ann, "Ann's");
    const foreign = { workspaceId: bob.workspaceId, threadId: key.threadId };
    const missing = { workspaceId: bob.workspaceId, threadId: randomUUID() };
    for (const place of [foreign, missing]) {
      expect(await renameThread(record.db, { ...place, title: "Bob's" })).toBe(false);
      expect(await archiveThread(record.db, place)).toBe(false);
      expect(await unarchiveThread(record.db, place)).toBe(false);
    }
    expect(await findThread(record.db, key)).toMatchObject({ title: "Ann's", archivedAt: null });
  });
});

describe("an archived thread", () => {
  it("leaves the list for the archive, can be read, and comes back", async () => {
    const dora = await record.person("dora");
    const key = await record.thread(dora, "Old one", [["needle"]]);
    const listed = async (filter: "current" | "archived", search = "") =>
      (
        await listThreads(record.db, { workspaceId: dora.workspaceId, limit: 9, filter, search })
      ).threads.map(({ title }) => title);
    expect(await archiveThread(record.db, key)).toBe(true);
    const archivedAt = (await findThread(record.db, key))?.archivedAt;
    expect(archivedAt).toBeInstanceOf(Date);
    expect(await archiveThread(record.db, key)).toBe(true);
    expect((await findThread(record.db, key))?.archivedAt).toEqual(archivedAt);
    expect(await listed("current")).toEqual([]);
    expect(await listed("archived")).toEqual(["Old one"]);
    expect(await listed("archived", "needle")).toEqual(["Old one"]);
    expect(await unarchiveThread(record.db, key)).toBe(true);
    expect(await listed("archived")).toEqual([]);
    expect(await listed("current")).toEqual(["Old one"]);
  });
});
