import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { jointPlan } from "../../party/analysis";
import { aCall } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const page = readFileSync(join(import.meta.dirname, "../../docs/levers.md"), "utf8");

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
  const example = page.slice(page.indexOf("## A worked example"));
  const stated = [...example.matchAll(/^\| ([a-z-]+) +\| ([\d.]+) +\| ([\d.]+) +\|/gm)].map(
    ([, name, step, share]) => [name, step, share],
  );
  expect(stated).toEqual([
    ...result.steps.map(({ lever, savingUsd, attributedUsd }) => [lever, savingUsd, attributedUsd]),
    ["sum", result.savingUsd, result.savingUsd],
  ]);
});
