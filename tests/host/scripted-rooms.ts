import { MemoryStateCache } from "../../party/adapters/memory/state-cache";
import { MemoryThreadStore } from "../../party/adapters/memory/thread-store";
import type { RunCrew } from "../../party/agents/core/crew";
import { systemClock } from "../../party/ports/clock";
import { allowedOrigins } from "../../party/room/authorise";
import { type RoomWiring, roomServer } from "../../party/room-server";

const STEPS = 6;

/**
 * A crew for the real room server: six steps of two tokens each, a checkpoint after every step.
 * `slow` in the message makes each token take 250 ms, `very slow` 1,250 ms.
 */
const runCrew: RunCrew = async function* (request, signal) {
  const { runId, message } = request;
  const tokenMs = { slow: 250, "very slow": 1_250 }[message.text] ?? 1;
  const from = typeof request.checkpoint === "number" ? request.checkpoint : 0;
  if (from === 0) {
    yield {
      kind: "event",
      event: { type: "run-started", runId, messageId: message.id, model: null },
    };
  }
  for (let step = from; step < STEPS; step++) {
    const stepId = crypto.randomUUID();
    const reason = `step ${step}`;
    yield {
      kind: "event",
      event: { type: "step-started", runId, stepId, agent: "data", reason, writer: "rules" },
    };
    for (const token of ["one ", "two "]) {
      await systemClock.sleep(tokenMs, signal);
      yield { kind: "event", event: { type: "text-delta", runId, stepId, text: [token] } };
    }
    yield {
      kind: "event",
      event: {
        type: "step-finished",
        runId,
        stepId,
        agent: "data",
        outcome: "completed",
        summary: [reason],
        reason: null,
        elapsedMs: 0,
      },
    };
    yield { kind: "checkpoint", state: step + 1 };
  }
  yield { kind: "event", event: { type: "run-finished", runId, state: "completed", reason: null } };
};

let wiring: RoomWiring | null = null;

function wire(env: Record<string, unknown>): RoomWiring {
  wiring ??= {
    rules: {
      secret: String(env.ROOM_TICKET_SECRET),
      origins: allowedOrigins(String(env.APP_ORIGIN)),
    },
    stamp: { environment: "test", installation: null },
    readiness: async () => ({ ready: true }),
    report: (level, event, fields) => console.log(JSON.stringify({ level, event, ...fields })),
    services: {
      runCrew,
      store: new MemoryThreadStore(),
      stateCache: new MemoryStateCache(),
      clock: systemClock,
      newId: () => crypto.randomUUID(),
      random: Math.random,
      report: () => {},
    },
  };
  return wiring;
}

export default roomServer(wire);
