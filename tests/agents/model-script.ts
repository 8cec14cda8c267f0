import type { ModelCall, ModelReply, ModelServer } from "../support/model-server";

/** Whether a request comes from this agent. */
export const from = (agent: string) => (call: ModelCall) =>
  call.system.startsWith(`You are the ${agent}`);

/** Requests that follow tool results in the same conversation. */
const afterTools = (call: ModelCall) => call.messages.some(({ role }) => role === "tool");

export const triageReply: ModelReply = {
  kind: "json",
  value: {
    intent: "analysis",
    focus: ["cost"],
    metric: "spend",
    by: null,
    models: ["gpt-4o", "made-up-model"],
    features: ["made-up-feature"],
    excludedFeatures: [],
    keepLatency: true,
    keepQuality: false,
  },
};

export const dataTools: ModelReply = {
  kind: "tools",
  calls: [
    { name: "profile_totals", input: {} },
    { name: "break_down", input: { by: "user" } },
  ],
};

export const optimizationTools: ModelReply = {
  kind: "tools",
  calls: [
    { name: "lever_response_cache", input: {} },
    { name: "lever_model_swap", input: {} },
  ],
};

/** The figure of a label as the crew showed it to the model: `cost: $3.21` in `E3`. */
export function shown(call: ModelCall, label: string): { text: string; evidence: string } {
  const blocks = call.text.split(/\n(?=E\d+ \()|(?<=^|\n)(?=E\d+ \()/);
  for (const block of blocks) {
    const evidence = /^(E\d+) \(/.exec(block.trim())?.[1];
    const line = /^overall \| (.*)$/m.exec(block)?.[1];
    const value = line
      ?.split("; ")
      .find((part) => part.startsWith(`${label}: `))
      ?.slice(label.length + 2);
    if (evidence && value) return { text: value, evidence };
  }
  throw new Error(`the model was not shown "${label}"`);
}

export const spendLine = (call: ModelCall) => {
  const cost = shown(call, "cost");
  const calls = shown(call, "calls");
  return `The calls in range cost ${cost.text} [${cost.evidence}] over ${calls.text} calls [${calls.evidence}].`;
};

/** A whole run in which the model does everything right. Agents named in `except` are left unscripted. */
export function scriptRun(server: ModelServer, except: readonly string[] = []): void {
  const script = {
    triage: [{ when: from("triage"), reply: triageReply }],
    data: [
      { when: (call: ModelCall) => from("data")(call) && !afterTools(call), reply: dataTools },
      {
        when: (call: ModelCall) => from("data")(call) && afterTools(call),
        reply: (call: ModelCall): ModelReply => ({
          kind: "text",
          text: `- ${spendLine(call)}\n- Some of it is waste.`,
        }),
      },
    ],
    optimization: [
      {
        when: (call: ModelCall) => from("optimization")(call) && !afterTools(call),
        reply: optimizationTools,
      },
      {
        when: (call: ModelCall) => from("optimization")(call) && afterTools(call),
        reply: { kind: "text" as const, text: "- Cheaper models are worth a test." },
      },
    ],
    actions: [
      {
        when: from("actions"),
        reply: {
          kind: "json" as const,
          value: {
            actions: [
              {
                number: 1,
                change: "Do this one first, behind a switch.",
              },
            ],
          },
        },
      },
    ],
    reporting: [
      {
        when: from("reporting"),
        reply: (call: ModelCall): ModelReply => ({
          kind: "text",
          text: `- ${spendLine(call)}\n- Start with the first action.\n- Quality stays unknown where there are no labels.`,
          pieces: 23,
        }),
      },
    ],
  };
  for (const [agent, entries] of Object.entries(script)) {
    if (!except.includes(agent)) server.script(...entries);
  }
}
