import { createClickHouse } from "../../db/clickhouse";
import { createOpenAiModel } from "../../party/adapters/language-model";
import { MemoryOwnCalls } from "../../party/adapters/memory/own-calls";
import { MemoryStateCache } from "../../party/adapters/memory/state-cache";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import { performanceWorks } from "../../party/adapters/repair-performance";
import type { CrewOutput, RunCrew } from "../../party/agents/core/crew";
import { systemClock } from "../../party/ports/clock";
import type { ThreadEvent } from "../../party/protocol";
import { allowedOrigins } from "../../party/room/authorise";
import { Pace } from "../../party/room/pace";
import { type RoomWiring, roomServer } from "../../party/room-server";

if (!performanceWorks) throw new Error("This runtime has no performance.now()");

/** Half a minute of work for ClickHouse. */
const SLOW_QUERY = "SELECT sum(sleepEachRow(0.1)) FROM numbers(300) SETTINGS max_block_size = 1";

/**
 * One step over the real adapters: `query` asks ClickHouse something slow, `hello` is answered at once,
 * everything else goes to the language model and its words to the reader.
 */
function crewOf(env: Record<string, unknown>): RunCrew {
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: String(env.CLICKHOUSE_URL) });
  const model = createOpenAiModel({
    apiKey: String(env.OPENAI_API_KEY),
    baseUrl: String(env.OPENAI_BASE_URL),
    model: "test-model",
  });
  return async function* run({ workspaceId, runId, threadId, message }, signal) {
    const stepId = crypto.randomUUID();
    yield say({ type: "run-started", runId, messageId: message.id, model: null });
    yield say({
      ...{ runId, stepId, agent: "data", writer: "model" },
      ...{ type: "step-started", reason: message.text },
    });
    if (message.text === "query") {
      const question = { name: "slow", sql: SLOW_QUERY, parameters: {} };
      await clickhouse.tagged({ thread: threadId }).query(question, { signal });
    } else if (message.text !== "hello") {
      const reuse = { workspaceId, data: "", seconds: 60, mode: "bypass" as const };
      const request = {
        agent: "data",
        promptVersion: 1,
        reuse,
        system: "",
        tools: [],
        maxSteps: 1,
      };
      const asked = { ...request, prompt: message.text, maxOutputTokens: 1_000 };
      for await (const part of model.stream(asked, signal)) {
        if (part.type !== "text") continue;
        yield say({ type: "text-delta", runId, stepId, text: [part.text] });
      }
    }
    yield say({ type: "run-finished", runId, state: "completed", reason: null });
  };
}

function say(event: ThreadEvent): CrewOutput {
  return { kind: "event", event };
}

let wiring: RoomWiring | null = null;

function wire(env: Record<string, unknown>): RoomWiring {
  wiring ??= {
    rules: {
      secret: String(env.ROOM_TICKET_SECRET),
      origins: allowedOrigins(String(env.APP_ORIGIN)),
    },
    stamp: { environment: "test", installation: null },
    readiness: async () => ({ ready: true }),
    report: () => {},
    services: {
      runCrew: crewOf(env),
      store: new MemoryThreadStore(),
      ownCalls: new MemoryOwnCalls(),
      stateCache: new MemoryStateCache(),
      clock: systemClock,
      pace: new Pace(),
      newId: () => crypto.randomUUID(),
      random: Math.random,
      report: () => {},
    },
  };
  return wiring;
}

export default roomServer(wire);
