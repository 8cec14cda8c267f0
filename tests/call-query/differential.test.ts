import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CallQuery, type MeasureKind, measureKinds, type QueryRow } from "../../db/call-query";
import type { Call } from "../../db/clickhouse/call";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { queryCalls } from "../../db/clickhouse/query/query-calls";
import type { CallSource, Scope } from "../../party/analysis/source";
import { memorySource } from "../analysis/support/memory-source";
import { generatedCalls, seeded } from "../clickhouse/support/calls";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { anyQuestion, everyDimension, everyFilter, everyMeasure } from "./support/questions";

const isFull = process.env.NETRA_TEST_FULL === "1";
/** Logs of a batch are told apart by a tag, so that one question answers for all of them. */
const LOG = "tag:log" as const;
const LOGS_A_BATCH = isFull ? 100 : 30;
const batches = isFull ? 20 : 1;
const anyQuestions = isFull ? 2_000 : 60;

/** Around a new month, a leap day and a new year. */
const starts = [Date.UTC(2026, 1, 26), Date.UTC(2024, 1, 25), Date.UTC(2025, 11, 28)] as const;

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

function aLog(seed: number): Call[] {
  const random = seeded(seed);
  const start = starts[seed % starts.length] ?? 0;
  return generatedCalls(seed, random.integer(1, 40), start).map((call) => ({
    ...call,
    user: random.chance(0.1) ? "" : call.user,
    session: random.chance(0.1) ? "" : call.session,
    tags: {
      log: String(seed),
      ...(random.chance(0.6) ? { 'it\'s a "key"': random.pick(["red", "blue'", "\\"]) } : {}),
    },
  }));
}

async function aBatch(batch: number): Promise<{ plain: CallSource; scope: Scope }> {
  const [workspaceId, datasetId] = [randomUUID(), randomUUID()];
  const calls = Array.from({ length: LOGS_A_BATCH }, (_, index) =>
    aLog(batch * LOGS_A_BATCH + index),
  ).flat();
  await insertCalls(engine.clickhouse, { workspaceId, datasetId, importId: randomUUID() }, calls);
  return {
    plain: memorySource([{ workspaceId, datasetId, calls }]),
    scope: {
      workspaceId,
      datasets: [{ id: datasetId, name: "log", version: 1 }],
      from: null,
      to: null,
      filters: {},
    },
  };
}

async function compare(
  { plain, scope }: { plain: CallSource; scope: Scope },
  question: CallQuery,
  about: string,
) {
  const found = (await queryCalls(engine.clickhouse, scope, question)).rows;
  const wanted = (await plain.query(scope, question)).rows;
  const where = ({ period, at, segment, others, segments }: QueryRow) =>
    JSON.stringify([period, at, others, segments, segment]);
  expect(found.map(where), about).toEqual(wanted.map(where));
  for (const [index, row] of found.entries()) {
    for (const measure of question.measures) {
      const [is, ought] = [row.values[measure], wanted[index]?.values[measure]];
      if (!agrees(measureKinds[measure], is, ought)) {
        expect(is, `${measure} of ${where(row)}, ${about}`).toBe(ought);
      }
    }
  }
  return found.length;
}

/** Money, counts and instants to the last digit; what is computed in floating point to nine places. */
function agrees(kind: MeasureKind, is: unknown, ought: unknown): boolean {
  if (is === ought) return true;
  if (typeof is !== "number" || typeof ought !== "number") return false;
  const isFloat = kind === "ratio" || kind === "rate" || kind === "score" || kind === "duration";
  return isFloat && Math.abs(is - ought) <= 1e-9 * Math.max(Math.abs(is), Math.abs(ought));
}

describe("the query layer against a plain reading of the log", () => {
  it(`gives every measure by every dimension under every filter, in ${batches * LOGS_A_BATCH} logs`, async () => {
    let rows = 0;
    for (let batch = 0; batch < batches; batch++) {
      const logs = await aBatch(batch);
      for (const [place, dimension] of everyDimension.entries()) {
        // Each batch takes a tenth of the table, which has every dimension and every filter in it; ten
        // batches have every pair.
        const filters = everyFilter.filter((_, index) => (index + place + batch) % 10 === 0);
        for (const filter of filters) {
          rows += await compare(
            logs,
            {
              measures: everyMeasure,
              dimensions: [LOG, dimension],
              filters: filter,
              orderBy: [{ by: LOG, direction: "ascending" }],
              limit: 5_000,
            },
            `batch ${batch} by ${dimension} of ${JSON.stringify(filter)}`,
          );
        }
      }
    }
    expect(rows).toBeGreaterThan(batches * LOGS_A_BATCH * 50);
  }, 1_800_000);

  it(`answers any question (${anyQuestions} of them, each with its own seed)`, async () => {
    const logs = await aBatch(1_000);
    for (let seed = 1; seed <= anyQuestions; seed++) {
      const random = seeded(seed);
      const question = anyQuestion(random, random.pick(starts));
      await compare(logs, question, `seed ${seed}: ${JSON.stringify(question)}`);
      // And of a single log, where most segments are small and many are missing.
      const scope = {
        filters: [{ dimension: LOG, in: [`${1_000 * LOGS_A_BATCH + (seed % 100)}`] }],
      };
      await compare(logs, { ...question, ...scope }, `seed ${seed}, one log`);
    }
  }, 1_800_000);
});
