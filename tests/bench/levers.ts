import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClickHouse, createClickHouse } from "../../db/clickhouse/client";
import { migrateClickHouse } from "../../db/clickhouse/migrate";
import { readClickHouseMigrations } from "../../db/clickhouse/migration-files";
import { startClickHouse } from "../../db/embedded/clickhouse";
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
import { generateCalls } from "./calls-in-store";
import { describeMeasured } from "./report";

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
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string, otherwise: number) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const [calls, prefix] = [option("--calls", 10), option("--prefix", 1)];
  if (calls > 0)
    await measure(
      calls * MILLION,
      0,
      Object.entries(plainLevers).map(([name, lever]) => ({ name, goal: 5, lever })),
    );
  if (prefix > 0)
    await measure(
      prefix * MILLION,
      24,
      Object.entries(prefixLevers).map(([name, about]) => ({ name, ...about })),
    );
}

async function measure(
  count: number,
  blocks: number,
  levers: ReadonlyArray<{ name: string; goal?: number; lever: Lever }>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "netra-bench-"));
  const engine = await startClickHouse({ dataDir, password: randomUUID(), log: () => undefined });
  const clickhouse = createClickHouse({ CLICKHOUSE_URL: engine.url });
  try {
    await migrateClickHouse(clickhouse, await readClickHouseMigrations());
    const scope = await generateCalls(clickhouse, count, blocks);
    console.log(
      `\n${count.toLocaleString("en-US")} calls${blocks > 0 ? ` of ${blocks} blocks` : ""}`,
    );
    const scan = await bareScan(clickhouse, blocks > 0);
    console.log(describeMeasured({ what: "bare scan", value: scan, unit: " s", detail: "" }));
    const source = createAnalytics(clickhouse);
    for (const { name, goal, lever } of levers) {
      const seconds = await timed(() => lever(source, scope));
      const detail = `${(seconds / scan).toFixed(1)} × the bare scan`;
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
    const peak = await peakOfChildren();
    if (peak !== null)
      console.log(
        describeMeasured({
          what: "engine's peak memory",
          value: peak,
          unit: " GB",
          goal: 2.5,
          detail: "the whole process, inserts included",
        }),
      );
  } finally {
    await clickhouse.close();
    await engine.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return (performance.now() - started) / 1000;
}

/** Reads every column that the levers read, and nothing else. */
function bareScan(clickhouse: ClickHouse, withBlocks: boolean): Promise<number> {
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
  return timed(() => clickhouse.query({ name: "bare-scan", sql, parameters: {} }));
}

/** The most memory that a child of this process (the engine) ever had in RAM, GB; null where /proc does not tell. */
async function peakOfChildren(): Promise<number | null> {
  try {
    const tasks = await readdir("/proc/self/task");
    const children = await Promise.all(
      tasks.map((task) => readFile(`/proc/self/task/${task}/children`, "utf8")),
    );
    const pids = children
      .join(" ")
      .split(/\s+/)
      .filter((pid) => pid !== "");
    const peaks = await Promise.all(
      pids.map(async (pid) => {
        const status = await readFile(`/proc/${pid}/status`, "utf8");
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
      }),
    );
    return (Math.max(...peaks) * 1024) / 1e9;
  } catch {
    return null;
  }
}
