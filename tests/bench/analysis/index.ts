import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ClickHouse } from "../../../db/clickhouse/client";
import { queryCalls } from "../../../db/clickhouse/query/query-calls";
import { createAnalytics } from "../../../party/adapters/analytics";
import type { CallSource, Scope } from "../../../party/analysis/source";
import { startTestClickHouse } from "../../clickhouse/support/engine";
import { insertManyCalls } from "../../clickhouse/support/many-calls";
import { engineProcess, measured } from "../engine-process";
import { median, onlyNamed } from "../report";
import { profileRows } from "./profile-rows";

/** One measured question. `columns` are those of a bare scan to compare it with; empty: none. */
export interface BenchRow {
  name: string;
  /** What the analysis promises, ms at ten million calls; null: none. */
  promiseMs: number | null;
  columns: readonly string[];
  ask(source: CallSource, scope: Scope): Promise<unknown>;
}

const START = Date.UTC(2026, 0, 1);
const DAYS = 60;

/**
 * How long questions take over one and ten million calls (`--sizes 1,10` in millions), each asked
 * `--runs` times (3): median, ratio to a bare full scan of the same columns, growth from the first size to the last, and
 * the engine's processor time and peak memory while it was asked. `--only breakdown,totals`: the questions whose name has one of these.
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string) => args[args.indexOf(name) + 1];
  const sizes = (args.includes("--sizes") ? String(option("--sizes")) : "1,10")
    .split(",")
    .map((millions) => Number(millions) * 1_000_000);
  const runs = args.includes("--runs") ? Number(option("--runs")) : 3;
  const rows = onlyNamed(profileRows, args);
  const engine = await startTestClickHouse();
  try {
    const [{ version } = { version: "?" }] = (
      await engine.clickhouse.query({
        name: "version",
        sql: "SELECT version() AS version",
        parameters: {},
      })
    ).rows as Array<{ version: string }>;
    console.log(`ClickHouse ${version}, load ${readFileSync("/proc/loadavg", "utf8").trim()}`);
    const first = new Map<string, number>();
    for (const count of sizes) {
      const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
      const generated = performance.now();
      await insertManyCalls(engine.clickhouse, {
        ...{ workspaceId, datasetId, count, start: START },
        users: 20_000,
        days: DAYS,
      });
      await merged(engine.clickhouse);
      console.log(
        `\n${count.toLocaleString("en")} calls (made in ${Math.round((performance.now() - generated) / 1000)} s)`,
      );
      const scope: Scope = {
        workspaceId,
        datasets: [{ id: datasetId, name: "bench", version: 1 }],
        from: null,
        to: null,
        filters: {},
      };
      const source = createAnalytics(engine.clickhouse);
      const pid = engineProcess();
      for (const row of rows) {
        const used = await repeated(runs, () => measured(pid, () => row.ask(source, scope)));
        const scan = await repeated(runs, () =>
          measured(pid, () =>
            engine.clickhouse.query({
              name: "bare scan",
              sql: `SELECT count() FROM calls_v1 WHERE workspace_id = {workspace:UUID} AND NOT ignore(${row.columns.join(", ")})`,
              parameters: { workspace: workspaceId },
            }),
          ),
        );
        const times = used.map(({ seconds }) => 1000 * seconds);
        const scanMs = 1000 * median(scan.map(({ seconds }) => seconds));
        const ms = median(times);
        const before = first.get(row.name);
        if (before === undefined) first.set(row.name, ms);
        console.log(
          [
            row.name.padEnd(44),
            `${Math.round(ms)} ms`.padStart(9),
            `${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))} ms`.padStart(
              18,
            ),
            `${(ms / scanMs).toFixed(1)} × a scan (${Math.round(scanMs)} ms)`.padStart(26),
            before === undefined ? "" : `${(ms / before).toFixed(1)} × the first size`.padStart(22),
            `${median(used.map(({ engineSeconds }) => engineSeconds)).toFixed(2)} s of processor`.padStart(
              22,
            ),
            `${Math.round(Math.max(...used.map(({ peakBytes }) => peakBytes)) / 1024 ** 2)} MiB peak`.padStart(
              16,
            ),
            row.promiseMs === null ? "" : `promise ${row.promiseMs} ms at 10 million`,
          ].join(" "),
        );
      }
      // Withdrawn in the middle: until the engine runs nothing any more.
      await withdrawal(engine.clickhouse, scope);
    }
  } finally {
    await engine.stop();
  }
}

/** Until the engine has put the inserted parts together as far as it wants to by itself. */
async function merged(clickhouse: ClickHouse): Promise<void> {
  for (;;) {
    const { rows } = await clickhouse.query({
      name: "merges",
      sql: "SELECT count() AS merges FROM system.merges",
      parameters: {},
    });
    if ((rows[0] as { merges: string }).merges === "0") return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function withdrawal(clickhouse: ClickHouse, scope: Scope): Promise<void> {
  const stop = new AbortController();
  const asked = queryCalls(
    clickhouse,
    scope,
    { measures: ["users", "latency_p99"], dimensions: ["session", "user"], rest: "others" },
    { signal: stop.signal },
  ).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const withdrawn = performance.now();
  stop.abort(new Error("withdrawn"));
  await asked;
  for (;;) {
    const { rows } = await clickhouse.query({
      name: "running",
      sql: "SELECT count() AS queries FROM system.processes WHERE query LIKE '%calls_v1%' AND query NOT LIKE '%system.processes%'",
      parameters: {},
    });
    if ((rows[0] as { queries: string }).queries === "0") break;
  }
  console.log(
    `withdrawn question: engine free after ${Math.round(performance.now() - withdrawn)} ms (promise 200 ms)`,
  );
}

async function repeated<Result>(runs: number, act: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let run = 0; run < runs; run++) results.push(await act());
  return results;
}
