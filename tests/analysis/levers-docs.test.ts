import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { jointPlan, leverCapacity, leverPromptTrim } from "../../party/analysis";
import { aCall } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const page = readFileSync(join(import.meta.dirname, "../../docs/levers.md"), "utf8");

/** One section of the page. */
function exampleOf(heading: string): string {
  const from = page.indexOf(`${heading}\n`);
  return page.slice(from, page.indexOf("\n## ", from + 1));
}

it("docs/levers.md states the steps and shares of its worked example as they are computed", async () => {
  const at = (id: string, fields: Partial<ReturnType<typeof aCall>>) =>
    aCall({ id, time: Date.UTC(2026, 2, 1) + id.charCodeAt(0), ...fields });
  const { source, scope } = heldLog([
    at("a", { promptHash: "p" }),
    at("b", { promptHash: "p" }),
    at("c", { status: "error", retry: 1 }),
    at("d", {}),
  ]);
  const { result } = await jointPlan(source, scope, {
    levers: ["retry-waste", "response-cache", "batch"],
    swaps: [],
    batched: ["chat"],
  });
  const stated = [
    ...exampleOf("## A worked example").matchAll(/^\| ([a-z-]+) +\| ([\d.]+) +\| ([\d.]+) +\|/gm),
  ].map(([, name, step, share]) => [name, step, share]);
  expect(stated).toEqual([
    ...result.steps.map(({ lever, savingUsd, attributedUsd }) => [lever, savingUsd, attributedUsd]),
    ["sum", result.savingUsd, result.savingUsd],
  ]);
});

it("docs/levers.md states what bounds on prompts and capacity come to as they are computed", async () => {
  const example = exampleOf("## A worked example of bounded prompts and of capacity");
  const lengths = [1_000, 2_000, 3_000, 6_000];
  const { source, scope } = heldLog(
    lengths.map((inputTokens, minute) =>
      aCall({
        id: `call ${minute}`,
        time: Date.UTC(2026, 2, 1, 0, minute),
        inputTokens,
        cacheReadTokens: inputTokens === 6_000 ? 4_000 : 0,
        outputTokens: 0,
      }),
    ),
  );
  const bounds = [...example.matchAll(/^\| (\d+|p\d+) +\| (\d+) +\| ([\d.]+) +\|/gm)];
  expect(bounds).toHaveLength(3);
  for (const [, name = "", tokens, saving] of bounds) {
    const to = name === "p50" || name === "p90" ? name : Number(name);
    const { result } = await leverPromptTrim(source, scope, { trims: [{ feature: "chat", to }] });
    expect(result).toMatchObject({
      trims: [{ feature: "chat", tokens: Number(tokens) }],
      savingUsd: saving,
      savingLowUsd: "0",
    });
  }
  const { result } = await leverCapacity(source, scope, {
    model: "gpt-4o",
    kind: "provisioned",
    usdPerHour: 3,
    tokensPerSecond: 50,
    units: 2,
  });
  const figures = [...example.matchAll(/^\| ([a-z]+ [a-z\d]+|saving) +\| ([\d.]+) +\|/gm)];
  expect(Object.fromEntries(figures.map(([, name, value]) => [name, value]))).toEqual({
    "idle share": result.idleSharePercent,
    "idle cost": result.idleCostUsd,
    "units p99": String(result.needed?.p99),
    "units peak": String(result.needed?.peak),
    saving: result.savingUsd,
  });
  expect(result).toMatchObject({ capacityCostUsd: "0.4", savingHighUsd: "0.2", savingLowUsd: "0" });
});
