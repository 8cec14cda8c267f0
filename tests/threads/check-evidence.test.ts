import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { createThread, finishImport, startImport } from "../../db/postgres";
import { createAnalytics } from "../../party/adapters/analytics";
import { createThreadStore } from "../../party/adapters/thread-store";
import { profileTotals } from "../../party/analysis";
import { questionOf } from "../../party/analysis/ask-again";
import type { Scope } from "../../party/analysis/source";
import { aCall } from "../clickhouse/support/calls";
import { startTestWeb, type TestMember, type TestWeb } from "./web";

let web: TestWeb;
let ann: TestMember;
let bob: TestMember;
beforeAll(async () => {
  web = await startTestWeb();
  ann = await web.signIn("ann");
  bob = await web.signIn("bob");
});
afterAll(() => web?.stop());

const datasetId = randomUUID();
const threadId = randomUUID();

async function importCalls(ids: readonly string[]) {
  const { workspaceId, userId } = ann;
  const importId = randomUUID();
  await startImport(web.db, {
    id: importId,
    workspaceId,
    dataset: { id: datasetId, name: "march.csv", source: "import" },
    fileName: "march.csv",
    fileBytes: 1,
    options: {},
    createdBy: userId,
  });
  const calls = ids.map((id) => aCall({ id }));
  await insertCalls(web.clickhouse, { workspaceId, datasetId, importId }, calls);
  await finishImport(web.db, {
    workspaceId,
    importId,
    state: "completed",
    receipt: {},
    problem: null,
    bytesRead: 1,
    rowsAccepted: calls.length,
    rowsRejected: 0,
    firstCallAt: null,
    lastCallAt: null,
  });
}

/** Records the totals of the dataset as E1 of a thread of ann's. */
async function recordTotals() {
  const { workspaceId, userId } = ann;
  await createThread(web.db, { id: threadId, workspaceId, createdBy: userId, title: "Totals" });
  const scope: Scope = {
    workspaceId,
    datasets: [{ id: datasetId, name: "march.csv", version: 1 }],
    from: null,
    to: null,
    filters: {},
  };
  const { draft } = await profileTotals(createAnalytics(web.clickhouse), scope, {});
  const at = new Date().toISOString();
  const evidence = {
    ...draft,
    question: questionOf(scope, "profile_totals", {}),
    id: randomUUID(),
    label: "E1",
    runId: randomUUID(),
    stepId: randomUUID(),
    at,
  };
  await createThreadStore(web.db).applyEvents({ workspaceId, threadId }, [
    { seq: 1, at, event: { type: "evidence-recorded", evidence } },
  ]);
}

describe("checking an evidence again, over HTTP", () => {
  const path = () => `/threads/${threadId}/evidence/E1`;
  const check = async (member: TestMember, address = path()) => {
    const response = await member.post(address, {});
    return { status: response.status, page: await response.text() };
  };

  it("says same, then what changed when the dataset grew, to members of the workspace alone", async () => {
    await importCalls(["a", "b"]);
    await recordTotals();
    expect(await (await ann.get(path())).text()).toContain("Check again");

    const same = await check(ann);
    expect(same.status).toBe(200);
    expect(same.page).toMatch(/Same: all .*\d+.* values came out as recorded/);

    await importCalls(["c"]);
    const changed = await check(ann);
    expect(changed.page).toContain("went from version");
    const text = changed.page.replaceAll("<!-- -->", "");
    expect(text).toContain("The dataset march.csv went from version 1 to 2.");
    expect(text).toMatch(/calls<\/th><td[^>]*>2<\/td><td[^>]*>3<\/td>/);

    for (const address of [path(), `/threads/${threadId}/evidence/E2`]) {
      expect((await check(bob, address)).status).toBe(404);
    }
    expect((await check(ann, `/threads/${threadId}/evidence/E2`)).status).toBe(404);
    const anonymous = await fetch(`${web.origin}${path()}`, {
      method: "POST",
      redirect: "manual",
      headers: { Origin: web.origin },
    });
    expect(anonymous.headers.get("Location")).toMatch(/^\/login/);
  });

  it("takes no question from another site's page", async () => {
    const response = await fetch(`${web.origin}${path()}`, {
      method: "POST",
      headers: { Origin: "https://elsewhere.example" },
    });
    expect(response.status).toBe(403);
  });
});
