import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engines, startEngines } from "../../db/embedded";
import { createThread } from "../../db/postgres";
import { type Databases, startup } from "../../db/startup";
import { createAnalytics } from "../../party/adapters/analytics";
import { buildRooms } from "../../party/host/build-rooms";
import type { Evidence } from "../../party/protocol";
import { expectProtocol, expectReceipts } from "../agents/figures";
import { from, scriptRun } from "../agents/model-script";
import { ask, requestOf, storyCalls, type Told, toldOf } from "../agents/scene";
import { type ModelReply, type ModelServer, startModelServer } from "../support/model-server";
import { freePort } from "../support/web-server";
import { measuredWorkspace } from "./measured-workspace";
import { APP_ORIGIN, RoomProcess, SECRET, until, Visitor } from "./room-process";

/**
 * Whatever the model's endpoint does, through the built rooms in workerd, real engines and HTTP: the run
 * completes, its figures are those of the rules, and it says which step fell back and why.
 */
const QUESTION = "Where does our money go, and what can we save?";
const calls = storyCalls();
/** What the rules understand as well. */
const triage: ModelReply = {
  kind: "json",
  value: {
    ...{ intent: "analysis", focus: ["cost"], metric: "spend", by: null, models: [] },
    ...{ features: [], excludedFeatures: [], keepLatency: false, keepQuality: false },
  },
};
const folder = mkdtempSync(join(tmpdir(), "netra-failing-model-"));

let engines: Engines;
let databases: Databases;
let model: ModelServer;
let rooms: RoomProcess;
/** The same question over the same calls, answered without a model. */
let byRules: Told;

beforeAll(async () => {
  const bundle = join(folder, "worker.js");
  const [port] = await Promise.all([freePort(), buildRooms({ outfile: bundle })]);
  [model, engines] = await Promise.all([startModelServer(), startEngines({ dataDir: folder })]);
  const env = {
    ...engines.env,
    NETRA_ENV: "test",
    OPENAI_API_KEY: "test-key",
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: "scripted-1",
    OPENAI_ANSWER_SECONDS: "1",
    OPENAI_STALL_SECONDS: "0.5",
  };
  const addresses = {
    APP_ORIGIN,
    ROOMS_URL: `http://127.0.0.1:${port}`,
    ROOM_TICKET_SECRET: SECRET,
  };
  ({ databases } = await startup({ ...env, ...addresses }, { log: () => {} }));
  rooms = await RoomProcess.start(folder, port, bundle, env, "party/host/main.ts");
  const { workspaceId, dataset } = await measuredWorkspace(databases, calls);
  byRules = await ask(
    QUESTION,
    { datasets: [dataset], analytics: createAnalytics(databases.clickhouse) },
    { request: requestOf(QUESTION, { workspaceId }) },
  );
}, 120_000);
afterAll(async () => {
  rooms?.child.kill("SIGTERM");
  await rooms?.exited;
  await model?.stop();
  await engines?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A workspace for each question: no earlier answer of the model may serve. */
async function askRooms(): Promise<Told> {
  const { userId, workspaceId, session } = await measuredWorkspace(databases, calls);
  const ada = new Visitor(userId, workspaceId, crypto.randomUUID(), "owner", session);
  const thread = { id: ada.threadId, workspaceId, createdBy: userId, title: "New" };
  await createThread(databases.db, thread);
  const socket = await ada.connect(rooms.url);
  const id = crypto.randomUUID();
  socket.send(JSON.stringify({ type: "message.send", id, text: QUESTION }));
  await until(() => ada.runIsOver, 30_000);
  socket.close();
  return toldOf(ada.events.map(({ event }) => event));
}

/** Completed, every figure shown is one of its evidence, and no evidence says other than the rules' own. */
function expectRight(told: Told): void {
  expect(told.finished).toMatchObject({ state: "completed", reason: null });
  expectProtocol(told);
  expect(expectReceipts(told, { written: "checked" })).toBeGreaterThan(20);
  const known = new Set(byRules.evidence.map(found));
  expect(told.evidence.filter((one) => known.has(found(one))).length).toBeGreaterThanOrEqual(10);
  const tools = new Set(byRules.evidence.map(({ tool }) => tool));
  for (const one of told.evidence) if (tools.has(one.tool)) expect(known).toContain(found(one));
  expect(told.report?.actions.map(({ saving }) => saving?.text)).toEqual(
    byRules.report?.actions.map(({ saving }) => saving?.text),
  );
}

const found = ({ tool, what, values }: Evidence) => JSON.stringify([tool, what, values]);

function stepsOf({ events }: Told) {
  return events.flatMap((event) => (event.type === "step-finished" ? [event] : []));
}

const status = (code: number, retryAfter?: string): ModelReply => ({
  ...{ kind: "status", status: code },
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
const text = (said: string): ModelReply => ({ kind: "text", text: said });
const halfJson = text('{"intent": "analysis", ');
const otherShape: ModelReply = { kind: "json", value: { intent: "sabotage" } };
const wrongTool: ModelReply = {
  kind: "tools",
  calls: [{ name: "break_down", input: { by: "; DROP TABLE calls_v1" } }],
};
const halfTool: ModelReply = {
  kind: "raw-tool",
  name: "lever_response_cache",
  arguments: '{"by": ',
};
const endless: ModelReply = { kind: "tools", calls: [{ name: "profile_totals", input: {} }] };

/** How a step's model fails, how often it is asked, and what the thread says of it. */
type Failure = [name: string, reply: ModelReply, times: number, reason: RegExp];
type Agents = Record<"triage" | "data" | "optimization" | "actions" | "reporting", Failure>;

/** Of one run every agent's model fails, each in another way. */
const runs: Agents[] = [
  {
    triage: ["malformed JSON", halfJson, 2, /form/],
    data: ["429", status(429, "0"), 3, /limits our rate/],
    optimization: ["a cut stream", { kind: "cut", text: "Spend is" }, 1, /cut off/],
    actions: ["JSON of another shape", otherShape, 2, /form/],
    reporting: ["a stall", { kind: "stall", text: "Spend is" }, 1, /too long/],
  },
  {
    triage: ["an empty answer", { kind: "empty" }, 2, /nothing|form/],
    data: ["garbage", { kind: "garbage" }, 1, /form|cut off/],
    optimization: ["500", status(500), 3, /not available/],
    actions: ["429 for an hour", status(429, "3600"), 1, /limits our rate/],
    reporting: ["a refusal in words", text("I'm sorry, I can't help with that."), 1, /refused/],
  },
  {
    triage: ["JSON of another shape", otherShape, 2, /form/],
    data: ["tool calls without end", endless, 50, /did not have the asked form/],
    optimization: ["a filtered answer", { kind: "filtered" }, 1, /refused/],
    actions: ["400", status(400), 1, /rejected/],
    reporting: ["no answer", { kind: "silence" }, 3, /too long/],
  },
];

const nameOf = (run: Agents) => Object.entries(run).map(([agent, [name]]) => `${name} (${agent})`);

describe("each step falls back to its rules and says why", () => {
  it.each(runs.map((run) => ({ run, name: nameOf(run).join(", ") })))(
    "$name",
    { timeout: 40_000 },
    async ({ run }) => {
      model.reset();
      for (const [agent, [, reply, times]] of Object.entries(run)) {
        model.script({ when: from(agent), reply, times });
      }
      const told = await askRooms();
      expectRight(told);
      expect(stepsOf(told)).toEqual(
        Object.entries(run).map(([agent, [, , , reason]]) =>
          expect.objectContaining({
            agent,
            outcome: "fell-back",
            reason: expect.stringMatching(reason),
          }),
        ),
      );
      expect(told.report?.summary).toEqual(byRules.report?.summary);
      expect(model.unscripted).toEqual([]);
    },
  );
});

describe("an endpoint that goes wrong and is put right", () => {
  it("malformed JSON once, wrong and broken tool arguments, Retry-After: the model does the work", async () => {
    model.reset();
    const replies: Record<string, ModelReply[]> = {
      triage: [halfJson, triage],
      data: [wrongTool, text("- The spend is in the table.")],
      optimization: [halfTool, text("- Cheaper models are worth a test.")],
      reporting: [status(429, "1"), text("- Start with the first action.")],
    };
    for (const [agent, entries] of Object.entries(replies)) {
      model.script(...entries.map((reply) => ({ when: from(agent), reply })));
    }
    scriptRun(model, Object.keys(replies));
    const started = Date.now();
    const told = await askRooms();
    expectRight(told);
    expect(stepsOf(told).map(({ outcome }) => outcome)).toEqual(
      stepsOf(byRules).map(() => "completed"),
    );
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000);
    expect(told.evidence.every(({ sql }) => !sql?.includes("DROP"))).toBe(true);
    expect(model.unscripted).toEqual([]);
  }, 40_000);
});

describe("an endpoint that is down", () => {
  it("is left alone after a few failures: every step is done by rules at once", async () => {
    model.reset();
    model.script({ reply: status(503), times: 99 });
    const told = await askRooms();
    expectRight(told);
    expect(stepsOf(told).map(({ outcome }) => outcome)).toEqual(
      stepsOf(byRules).map(() => "fell-back"),
    );
    expect(stepsOf(told).at(-1)?.reason).toMatch(
      /failed 5 times in a row and is asked again in \d+ s/,
    );
    expect(model.calls).toHaveLength(5);
    expect(told.report?.summary).toEqual(byRules.report?.summary);
  }, 40_000);
});
