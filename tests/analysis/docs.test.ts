import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { Measure } from "../../db/call-query";
import { formatUsd, parseUsd } from "../../db/prices";
import { concentration, explainChange } from "../../party/analysis";
import { aCall } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const page = readFileSync(join(import.meta.dirname, "../../docs/analysis.md"), "utf8");

/** The log that the page states. */
function statedLog() {
  const text = /```csv\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const rows: Array<Record<string, string>> = parse(text, { columns: true });
  return rows.map((row) =>
    aCall({
      id: row.id ?? "",
      time: Date.parse(row.time ?? ""),
      feature: row.feature ?? "",
      provider: row.provider ?? "",
      model: row.model ?? "",
      inputTokens: Number(row.input),
      cacheReadTokens: Number(row.cached),
      outputTokens: Number(row.output),
      status: row.status === "error" ? "error" : "ok",
      latencyMs: row.latency ? Number(row.latency) : null,
      ttftMs: row.ttft ? Number(row.ttft) : null,
    }),
  );
}

/** The values that the page states in the table whose first column is headed so. */
function statedTable(head: string): Map<string, string> {
  const start = page.indexOf(`| ${head} `, page.indexOf("## A worked example"));
  const rows = page.slice(start).split("\n\n")[0]?.trim().split("\n").slice(2) ?? [];
  return new Map(
    rows
      .map((row) => row.split("|").map((cell) => cell.trim()))
      .map(([, name = "", value = ""]) => [name, value]),
  );
}

/** As many decimals as the page gives. */
function asStated(value: number | string | null, stated: string): string {
  if (typeof value === "string") return value;
  return Number(value).toFixed(stated.split(".")[1]?.length ?? 0);
}

describe("the worked example of docs/analysis.md", () => {
  const { source, scope } = heldLog(statedLog());

  it("states the measures as they are computed", async () => {
    const stated = statedTable("measure");
    expect(stated.size).toBe(11);
    const measures = [...stated.keys()] as Measure[];
    const [row] = (await source.query(scope, { measures })).rows;
    for (const [name, value] of stated) {
      const found = row?.values[name as Measure] ?? null;
      expect(asStated(found, value), name).toBe(value);
    }
  });

  it("states the parts of the change as they are computed", async () => {
    const { result } = await explainChange(source, scope, { days: 1 });
    const found = new Map(
      result.parts.filter(({ usd }) => usd !== "0").map(({ part, usd }) => [part as string, usd]),
    );
    const sum = result.parts.reduce((total, { usd }) => total + parseUsd(usd), 0n);
    found.set("sum", formatUsd(sum));
    expect(statedTable("effect")).toEqual(found);
    expect(result.costDeltaUsd).toBe(found.get("sum"));
  });

  it("states the concentration as it is computed", async () => {
    const { result } = await concentration(source, scope, { by: "model" });
    const stated = statedTable("figure");
    const found = {
      top_1: result.tops[0]?.share ?? null,
      hhi: result.hhi?.low ?? null,
      gini: result.gini?.low ?? null,
    };
    expect([...stated.keys()]).toEqual(Object.keys(found));
    for (const [name, value] of Object.entries(found)) {
      expect(asStated(value, stated.get(name) ?? ""), name).toBe(stated.get(name));
    }
  });
});
