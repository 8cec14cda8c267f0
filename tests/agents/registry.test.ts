import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defaultCeilings } from "../../party/agents/core/ceilings";
import { runStep } from "../../party/agents/core/loop";
import { freshState, restoreState } from "../../party/agents/core/state";
import { agents } from "../../party/agents/registry";
import { systemClock } from "../../party/ports/clock";
import { agentNameSchema } from "../../party/protocol";
import { memorySource } from "../analysis/support/memory-source";
import { requestOf } from "./scene";

const FOLDER = join(import.meta.dirname, "../../party/agents");

/** SHA-256 of each prompt by agent and version: a changed prompt needs a raised version. */
const PROMPTS: Record<string, string> = {
  "actions v2": "c142787dc9cdd135",
  "data v4": "8f5d5e19a06eb9cc",
  "optimization v3": "475298104a5b3910",
  "reporting v1": "18128ccb23560ecf",
  "supervisor v1": "50736a1cb8fa1b59",
  "triage v3": "9d7b19829637722f",
};

async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(bytes).toString("hex").slice(0, 16);
}

describe("the crew's registry", () => {
  it("holds every agent of the protocol, each in a folder of its own", () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "core")
      .map(({ name }) => name);
    expect([...agents.keys()].sort()).toEqual([...agentNameSchema.options].sort());
    expect(folders.sort()).toEqual([...agents.keys()].sort());
  });

  it.each([...agents.values()])("$name is complete", async (agent) => {
    expect(agent.prompt.length).toBeGreaterThan(200);
    expect(agent.version).toBeGreaterThan(0);
    expect(agent.input).toBeInstanceOf(z.ZodType);
    expect(agent.output).toBeInstanceOf(z.ZodType);
    for (const ceiling of [
      agent.budget.steps,
      agent.budget.tokens,
      agent.budget.seconds,
      agent.budget.dollars,
      agent.answersKeptSeconds,
    ]) {
      expect(ceiling).toBeGreaterThan(0);
    }
    const names = agent.tools.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const tool of agent.tools) {
      // Only the actions agent changes anything, and only once a person has approved it.
      expect(tool.effect === "read" || agent.needsApproval !== undefined).toBe(true);
      expect(tool.description.length).toBeGreaterThan(20);
      expect(() => z.toJSONSchema(tool.input)).not.toThrow();
    }
    expect(`${agent.name} v${agent.version} ${await sha256(agent.prompt)}`).toBe(
      `${agent.name} v${agent.version} ${PROMPTS[`${agent.name} v${agent.version}`]}`,
    );
  });

  it("lets no tool of one agent hide behind the name of another's", () => {
    const names = [...agents.values()].flatMap(({ tools }) => tools.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it("runs agents through the core loop alone: nothing else calls their work or their fallback", () => {
    const calling = readdirSync(join(FOLDER, ".."), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .filter(
        (name) =>
          /\bagent\.(?:work|fallback)\(/.test(readFileSync(join(FOLDER, "..", name), "utf8")) ||
          /\b(?:supervisor|triage|data|optimization|actions|reporting)\.(?:work|fallback)\b/.test(
            readFileSync(join(FOLDER, "..", name), "utf8"),
          ),
      );
    expect(calling).toEqual([join("agents", "core", "loop.ts")]);
  });

  it("reads a run's state from before follow-ups and ceilings", () => {
    const request = requestOf("Where does our money go?");
    const { reused: _, ceiling: __, ...older } = freshState(request, 0);
    const saved: unknown = JSON.parse(JSON.stringify(older));
    expect(restoreState(saved, request)).toMatchObject({ reused: null, ceiling: null });
  });

  it.each(["data", "optimization", "actions", "reporting"] as const)(
    "does not let %s in before its entry condition holds",
    async (name) => {
      const agent = agents.get(name);
      if (!agent) throw new Error(`no agent ${name}`);
      const state = freshState(requestOf("Where does our money go?"), 0);
      const services = {
        analytics: memorySource([]),
        datasets: { list: async () => [] },
        model: null,
        clock: systemClock,
        answers: "use" as const,
        changes: null,
        history: async () => [],
        ceilings: defaultCeilings,
      };
      const outputs = runStep(
        { agent, reason: "test" },
        state,
        services,
        new AbortController().signal,
      );
      const first = await outputs.next();
      expect(first.value).toMatchObject({
        kind: "event",
        event: { type: "step-skipped", agent: name },
      });
      const last = await outputs.next();
      expect(last).toMatchObject({
        done: true,
        value: { results: {}, skipped: [{ agent: name }] },
      });
    },
  );
});
