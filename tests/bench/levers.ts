import { readFileSync } from "node:fs";
import type { ClickHouse } from "../../db/clickhouse/client";
import { createAnalytics } from "../../party/adapters/analytics";
import {
  catalogueModels,
  jointPlan,
  leverBatch,
  leverCapacity,
  leverModelSwap,
  leverOutputCap,
  leverPrefixBreaks,
  leverPromptCache,
  leverPromptTrim,
  leverResponseCache,
  leverRetryWaste,
} from "../../party/analysis";
import type { CallSource, Scope } from "../../party/analysis/source";
import { startTestClickHouse } from "../clickhouse/support/engine";
import { generateCalls } from "./calls-in-store";
import { engineProcess, measured } from "./engine-process";
import { describeMeasured, onlyNamed } from "./report";

const MILLION = 1_000_000;
const swap = {
  feature: "feature-1",
  fromProvider: "openai",
  fromModel: "gpt-4o",
  toProvider: "openai",
  toModel: "gpt-4o-mini",
};
const caps = [{ feature: "feature-2", tokens: 300 }];

type Lever = (source: CallSource, scope: Scope) => Promise<unknown>;

/** Levers that need no prefix blocks. */
const plainLevers: Record<string, Lever> = {
  "response cache, from the last use": (source, scope) => leverResponseCache(source, scope, {}),
  "response cache, from the store": (source, scope) =>
    leverResponseCache(source, scope, { livesFrom: "store" }),
  "model swap": (source, scope) => leverModelSwap(source, scope, {}),
  "catalogue's models": (source, scope) => catalogueModels(source, scope, {}),
  "output cap": (source, scope) => leverOutputCap(source, scope, { caps }),
  "prompt trim": (source, scope) =>
    leverPromptTrim(source, scope, { trims: [{ feature: "feature-2", to: "p90" }] }),
  capacity: (source, scope) =>
    leverCapacity(source, scope, {
      model: "gpt-4o",
      provider: "openai",
      kind: "self-hosted",
      usdPerHour: 2.5,
      tokensPerSecond: 1_000,
    }),
  batch: (source, scope) => leverBatch(source, scope, { features: ["feature-3"] }),
  "retry waste": (source, scope) => leverRetryWaste(source, scope, {}),
};

/** Levers that replay prefix blocks, with how long they may take, s. */
const prefixLevers: Record<string, { goal?: number; lever: Lever }> = {
  "prompt cache": { goal: 15, lever: (source, scope) => leverPromptCache(source, scope, {}) },
  "prefix breaks": { lever: (source, scope) => leverPrefixBreaks(source, scope, {}) },
  "joint plan of five with exact shares": {
    goal: 10,
    lever: (source, scope) =>
      jointPlan(source, scope, {
        levers: ["retry-waste", "response-cache", "output-cap", "model-swap", "batch"],
        swaps: [swap],
        caps,
        batched: ["feature-3"],
      }),
  },
  "joint plan of five with cached prompts": {
    goal: 10,
    lever: (source, scope) =>
      jointPlan(source, scope, {
        levers: ["retry-waste", "response-cache", "output-cap", "model-swap", "prompt-cache"],
        swaps: [swap],
        caps,
      }),
  },
};

/**
 * How long levers take on generated calls in the embedded engine, each beside a bare full scan of the columns that
 * levers read. `--calls 10` millions without blocks (goal ≤ 5 s each), `--prefix 1` millions with 24 blocks; 0 leaves out.
 * `--only swap,batch`: the levers whose name has one of these.
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string, otherwise: number) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const [calls, prefix] = [option("--calls", 10), option("--prefix", 1)];
  const plain = Object.entries(plainLevers).map(([name, lever]) => ({ name, goal: 5, lever }));
  const replaying = Object.entries(prefixLevers).map(([name, about]) => ({ name, ...about }));
  if (calls > 0) await measure(calls * MILLION, 0, onlyNamed(plain, args));
  if (prefix > 0) await measure(prefix * MILLION, 24, onlyNamed(replaying, args));
}

async function measure(
  count: number,
  blocks: number,
  levers: ReadonlyArray<{ name: string; goal?: number; lever: Lever }>,
): Promise<void> {
  const engine = await startTestClickHouse();
  try {
    const scope = await generateCalls(engine.clickhouse, count, blocks);
    const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
    console.log(
      `\n${count.toLocaleString("en-US")} calls${blocks > 0 ? ` of ${blocks} blocks` : ""}, load ${load}`,
    );
    const pid = engineProcess();
    const scan = await measured(pid, () => bareScan(engine.clickhouse, blocks > 0));
    console.log(
      describeMeasured({ what: "bare scan", value: scan.seconds, unit: " s", detail: "" }),
    );
    const source = createAnalytics(engine.clickhouse);
    let peak = 0;
    for (const { name, goal, lever } of levers) {
      const { seconds, engineSeconds, peakBytes } = await measured(pid, () => lever(source, scope));
      peak = Math.max(peak, peakBytes);
      const detail = `${(seconds / scan.seconds).toFixed(1)} × the bare scan, ${engineSeconds.toFixed(2)} s of processor, ${(peakBytes / 1e9).toFixed(2)} GB`;
      console.log(
        describeMeasured({
          what: name,
          value: seconds,
          unit: " s",
          ...(goal ? { goal } : {}),
          detail,
        }),
      );
    }
    const detail = "the whole process";
    console.log(
      describeMeasured({
        what: "engine's peak memory",
        value: peak / 1e9,
        unit: " GB",
        goal: 2.5,
        detail,
      }),
    );
  } finally {
    await engine.stop();
  }
}

/** Reads every column that the levers read, and nothing else. */
function bareScan(clickhouse: ClickHouse, withBlocks: boolean): Promise<unknown> {
  const columns = [
    "provider",
    "model",
    "feature",
    "status",
    "retry",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "prompt_hash",
    "time",
  ];
  const sql = `SELECT ${columns.map((column) => `max(${column})`).join(", ")}${withBlocks ? ", max(length(prefix_blocks)), max(arrayMax(prefix_blocks))" : ""} FROM calls_v1 FINAL`;
  return clickhouse.query({ name: "bare-scan", sql, parameters: {} });
}
