import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AnyAgent, holds } from "../../party/agents/core/agent";
import type { ApprovalDecision, CrewOutput, CrewRequest } from "../../party/agents/core/crew";
import { type Crew, runCrew } from "../../party/agents/core/run";
import type { CrewServices } from "../../party/agents/core/services";
import { plainText } from "../../party/protocol";

const need = {
  title: "Set a budget of 100 USD.",
  reason: "The spend doubled.",
  fields: [
    { kind: "number", name: "usd", label: "Budget", unit: "USD", value: 100, min: 1, max: null },
  ],
  roles: ["owner"],
} satisfies ReturnType<NonNullable<AnyAgent["needsApproval"]>>;

let steps = 0;
const proposing: AnyAgent = {
  name: "actions",
  version: 1,
  prompt: "",
  input: z.unknown(),
  output: z.unknown(),
  tools: [],
  budget: { steps: 1, tokens: 1, seconds: 5, dollars: 0 },
  answersKeptSeconds: 60,
  leavesResult: false,
  select: () => null,
  canEnter: () => holds,
  isDone: () => holds,
  fallback: async () => {
    steps += 1;
    return { budget: 100 };
  },
  work: () => {
    throw new Error("there is no model");
  },
  summarise: () => ["a budget"],
  needsApproval: () => need,
};

/** One step that proposes, then the answer says what was decided. */
const crew: Crew = {
  agents: new Map([["actions", proposing]]),
  choose: (state) => ({
    next: state.results.actions ? null : { agent: "actions", reason: "first" },
    skipped: [],
  }),
  takeOver: () => [],
  end: ({ approvals }) => ({
    answer: [JSON.stringify(approvals.map(({ decision, values, by }) => [decision, values, by]))],
    writer: "rules",
    report: null,
    title: null,
    choices: [],
  }),
};

const unused = () => {
  throw new Error("not scripted");
};
const services: CrewServices = {
  analytics: new Proxy({} as CrewServices["analytics"], { get: unused }),
  datasets: { list: unused },
  clock: { now: () => Date.parse("2026-01-05T10:00:00Z"), sleep: unused },
  model: null,
};

const request: CrewRequest = {
  workspaceId: crypto.randomUUID(),
  threadId: crypto.randomUUID(),
  runId: crypto.randomUUID(),
  message: { id: crypto.randomUUID(), text: "hello" },
  nextEvidence: 1,
  checkpoint: null,
};

async function outputsOf(given: CrewRequest): Promise<CrewOutput[]> {
  const outputs: CrewOutput[] = [];
  const run = runCrew(crew, services)(given, new AbortController().signal);
  for await (const output of run) outputs.push(output);
  return outputs;
}

const finished = (outputs: readonly CrewOutput[]) =>
  outputs.some((output) => output.kind === "event" && output.event.type === "run-finished");

describe("a step that needs an approval", () => {
  it("RM44: ends the crew's turn after the step, and the decision reaches what follows", async () => {
    steps = 0;
    const first = await outputsOf(request);
    const asked = first.at(-1);
    if (asked?.kind !== "approval") throw new Error("it asked for nothing");
    expect(asked.approval).toEqual({ ...need, id: asked.approval.id });
    expect(finished(first)).toBe(false);
    const approval: ApprovalDecision = {
      approvalId: asked.approval.id,
      decision: "edit",
      values: { usd: 50 },
      by: { id: crypto.randomUUID(), name: "Ada" },
    };
    const checkpoint = JSON.parse(JSON.stringify(asked.state));
    const second = await outputsOf({ ...request, checkpoint, approval });
    const answer = second.flatMap((output) =>
      output.kind === "event" && output.event.type === "message-added"
        ? [plainText(output.event.message.text)]
        : [],
    );
    expect(answer).toEqual([JSON.stringify([["edit", { usd: 50 }, approval.by]])]);
    expect(finished(second)).toBe(true);
    expect(steps).toBe(1);
  });

  it("RM44: taken up again before anybody decided, it asks the same again and works nothing", async () => {
    steps = 0;
    const first = await outputsOf(request);
    const checkpoint = first.findLast((output) => output.kind === "checkpoint")?.state;
    const again = await outputsOf({ ...request, checkpoint });
    expect(again).toEqual([first.at(-1)]);
    const stranger: ApprovalDecision = {
      approvalId: crypto.randomUUID(),
      decision: "approve",
      values: {},
      by: { id: crypto.randomUUID(), name: "Eve" },
    };
    expect(await outputsOf({ ...request, checkpoint, approval: stranger })).toEqual(again);
    expect(steps).toBe(1);
  });
});
