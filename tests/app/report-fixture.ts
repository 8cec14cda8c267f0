import type { Evidence, Figure, NumberedEvent, Report, ThreadEvent } from "../../party/protocol";

export const ids = {
  run: "01900000-0000-7000-8000-0000000000a1",
  triage: "01900000-0000-7000-8000-0000000000b1",
  data: "01900000-0000-7000-8000-0000000000b2",
  question: "01900000-0000-7000-8000-0000000000c1",
  answer: "01900000-0000-7000-8000-0000000000c2",
  user: "01900000-0000-7000-8000-0000000000d1",
  dataset: "01900000-0000-7000-8000-0000000000e1",
} as const;

/** A model name as a hostile log might write it. */
export const HOSTILE_NAME = `<img src=x onerror="alert(1)">`;

export const spend: Evidence = {
  id: "01900000-0000-7000-8000-0000000000f1",
  label: "E1",
  runId: ids.run,
  stepId: ids.data,
  at: "2026-03-01T10:00:02.000Z",
  tool: "spend-by-model",
  what: "Cost and calls of each model over all calls of the dataset.",
  ground: "measured",
  formula: "sum(cost_usd) by model",
  sql: "SELECT model, sum(cost_usd)\nFROM calls_v1 FINAL\nWHERE workspace_id = {workspace:UUID}\nGROUP BY model",
  parameters: { workspace: ids.user, limit: 20 },
  rowsRead: 19_366,
  elapsedMs: 34,
  catalogueVersion: "@pydantic/genai-prices 0.1.8",
  datasets: [{ id: ids.dataset, name: "azure.csv", version: 1 }],
  assumptions: ["List prices; discounts of a contract are not known."],
  segmentLabel: "Model",
  values: [
    value(null, "cost", "Cost", "USD", "96.791325"),
    value(null, "calls", "Calls", "calls", "19366"),
    value("gpt-4o", "cost", "Cost", "USD", "90.5"),
    value("gpt-4o", "calls", "Calls", "calls", "18000"),
    value(HOSTILE_NAME, "cost", "Cost", "USD", "6.291325"),
    value(HOSTILE_NAME, "calls", "Calls", "calls", "1300"),
    { ...value("house-model", "cost", "Cost", "USD", null), note: "unpriced: unknown-model" },
    value("house-model", "calls", "Calls", "calls", "66"),
  ],
};

export const swap: Evidence = {
  ...spend,
  id: "01900000-0000-7000-8000-0000000000f2",
  label: "E2",
  tool: "model-swap",
  what: "The calls of gpt-4o priced as gpt-4o-mini.",
  ground: "simulated",
  sql: null,
  segmentLabel: null,
  assumptions: ["The smaller model answers with as many tokens."],
  values: [
    value(null, "saving", "Saving", "USD", "61.2"),
    value(null, "low", "Low", "USD", "40.5"),
    value(null, "high", "High", "USD", "84.1"),
  ],
};

export const report: Report = {
  runId: ids.run,
  title: "Where the money goes in azure.csv",
  writer: "rules",
  summary: [
    [
      "You spent ",
      figure("E1", null, "cost", "$96.79"),
      " on ",
      figure("E1", null, "calls", "19,366"),
      " calls.",
    ],
    [
      "A smaller model could save ",
      figure("E2", null, "saving", "$61.20"),
      ", if its answers are good enough.",
    ],
  ],
  sections: [
    {
      id: "findings",
      title: "Findings",
      writer: "rules",
      blocks: [
        {
          kind: "paragraph",
          text: [
            `The model ${HOSTILE_NAME} costs `,
            figure("E1", HOSTILE_NAME, "cost", "$6.29"),
            ".",
          ],
        },
        {
          kind: "table",
          title: "Spend by model",
          evidence: "E1",
          keys: ["cost", "calls"],
          limit: 2,
        },
        { kind: "bars", title: "Cost by model", evidence: "E1", key: "cost", limit: 5 },
      ],
    },
    {
      id: "risks",
      title: "Risks",
      writer: "rules",
      blocks: [{ kind: "list", items: [["Quality of the smaller model is unknown."]] }],
    },
  ],
  actions: [
    {
      id: "01900000-0000-7000-8000-000000000101",
      lever: "model-swap",
      title: "Move simple calls to gpt-4o-mini",
      change: [
        "Send calls under ",
        figure("E1", null, "calls", "19,366"),
        " to the smaller model.",
      ],
      owner: "Platform",
      effort: "medium",
      risk: "high",
      riskReason: ["Quality is not labelled in the log."],
      saving: figure("E2", null, "saving", "$61.20"),
      savingLow: figure("E2", null, "low", "$40.50"),
      savingHigh: figure("E2", null, "high", "$84.10"),
      ground: "simulated",
      latency: ["Unknown."],
      quality: ["Unknown."],
      verification: "Label 200 answers of both models and compare.",
      rollback: "Set the model name back.",
      evidence: ["E1", "E2"],
      state: "proposed",
    },
  ],
  figures: { checked: 0, repaired: 0, replaced: 0 },
  at: "2026-03-01T10:00:04.000Z",
};

export function figure(
  evidence: string,
  segment: string | null,
  key: string,
  text: string,
): Figure {
  return { evidence, segment, key, text };
}

function value(
  segment: string | null,
  key: string,
  label: string,
  unit: Evidence["values"][number]["unit"],
  text: string | null,
): Evidence["values"][number] {
  return { segment, key, label, unit, value: text };
}

/** Numbers events from 1, a second apart. */
export function numbered(events: readonly ThreadEvent[], from = 1): NumberedEvent[] {
  return events.map((event, index) => ({
    seq: from + index,
    at: new Date(Date.UTC(2026, 2, 1, 10, 0, from + index)).toISOString(),
    event,
  }));
}

/** A whole rule-based run, from the question to the report. */
export const wholeRun: readonly ThreadEvent[] = [
  {
    type: "message-added",
    message: {
      id: ids.question,
      role: "user",
      author: { id: ids.user, name: "Ada" },
      runId: null,
      text: ["Where does our money go?"],
      writer: null,
      ending: "complete",
      at: "2026-03-01T10:00:00.000Z",
    },
  },
  { type: "run-started", runId: ids.run, messageId: ids.question, model: null },
  {
    type: "step-started",
    runId: ids.run,
    stepId: ids.triage,
    agent: "triage",
    reason: "A new question.",
    writer: "rules",
  },
  {
    type: "step-finished",
    runId: ids.run,
    stepId: ids.triage,
    agent: "triage",
    outcome: "completed",
    summary: ["About cost."],
    reason: null,
    elapsedMs: 3,
  },
  {
    type: "step-started",
    runId: ids.run,
    stepId: ids.data,
    agent: "data",
    reason: "Triage is done.",
    writer: "rules",
  },
  {
    type: "tool-started",
    runId: ids.run,
    stepId: ids.data,
    toolCallId: "t1",
    tool: "spend-by-model",
    title: "Spend by model",
  },
  { type: "evidence-recorded", evidence: spend },
  {
    type: "tool-finished",
    runId: ids.run,
    stepId: ids.data,
    toolCallId: "t1",
    tool: "spend-by-model",
    title: "Spend by model",
    evidence: "E1",
    summary: [figure("E1", null, "cost", "$96.79"), " in all"],
    elapsedMs: 34,
  },
  {
    type: "tool-started",
    runId: ids.run,
    stepId: ids.data,
    toolCallId: "t2",
    tool: "latency",
    title: "Latency",
  },
  {
    type: "tool-failed",
    runId: ids.run,
    stepId: ids.data,
    toolCallId: "t2",
    tool: "latency",
    title: "Latency",
    error: "ClickHouse did not answer within 30 s.",
    elapsedMs: 30_000,
  },
  {
    type: "step-finished",
    runId: ids.run,
    stepId: ids.data,
    agent: "data",
    outcome: "completed",
    summary: ["Spend is ", figure("E1", null, "cost", "$96.79"), "."],
    reason: null,
    elapsedMs: 80,
  },
  { type: "evidence-recorded", evidence: swap },
  { type: "report-written", report },
  { type: "text-delta", runId: ids.run, stepId: ids.data, text: ["The report is below."] },
  {
    type: "message-added",
    message: {
      id: ids.answer,
      role: "assistant",
      author: null,
      runId: ids.run,
      text: ["The report is below."],
      writer: "rules",
      ending: "complete",
      at: "2026-03-01T10:00:05.000Z",
    },
  },
  { type: "thread-titled", title: "Where the money goes", source: "rule" },
  { type: "run-finished", runId: ids.run, state: "completed", reason: null },
];
