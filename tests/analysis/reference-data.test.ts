import { randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertCalls } from "../../db/clickhouse/insert-calls";
import { loadDemoCalls } from "../../db/demo";
import { importCalls } from "../../db/ingest";
import { formatUsd } from "../../db/prices";
import { createAnalytics } from "../../party/adapters/analytics";
import {
  errorsAndRetries,
  latencyByFeature,
  leverModelSwap,
  leverPromptCache,
  leverResponseCache,
  profileTotals,
  qualityByModel,
} from "../../party/analysis";
import { evidenceDraftSchema } from "../../party/protocol/evidence";
import { startTestClickHouse, type TestClickHouse } from "../clickhouse/support/engine";
import { allAnalyses } from "./support/all-analyses";
import { wholeScope } from "./support/scopes";

const referenceData = process.env.NETRA_REFERENCE_DATA ?? "../shared/data";
const azure = join(referenceData, "azure-llm-2023-conv.csv");
const mooncake = join(referenceData, "mooncake-conversation.jsonl");
/** Says in the title why a test was skipped. */
const needs = (file: string, title: string) =>
  existsSync(file) ? title : `${title} (needs ${file}: set NETRA_REFERENCE_DATA)`;

let engine: TestClickHouse;
beforeAll(async () => {
  engine = await startTestClickHouse();
});
afterAll(() => engine?.stop());

async function imported(file: string, startTime?: number) {
  const target = { workspaceId: randomUUID(), datasetId: randomUUID(), importId: randomUUID() };
  const stream = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  await importCalls(
    stream,
    {
      importId: target.importId,
      fileName: file,
      assignedModel: { provider: "openai", model: "gpt-4o" },
      ...(startTime === undefined ? {} : { startTime }),
    },
    async (calls) => {
      await insertCalls(engine.clickhouse, target, calls);
    },
  );
  return {
    source: createAnalytics(engine.clickhouse),
    scope: wholeScope(target.workspaceId, target.datasetId),
  };
}

describe("the Azure trace", () => {
  it.runIf(existsSync(azure))(needs(azure, "costs 96.791325 USD on gpt-4o"), async () => {
    const { source, scope } = await imported(azure);
    const { result, draft } = await profileTotals(source, scope, {});
    expect(result).toMatchObject({
      calls: 19_366,
      inputTokens: 22_361_870,
      outputTokens: 4_088_665,
      costUsd: "96.791325",
      unpricedCalls: 0,
      latencyMs: null,
    });
    expect(draft.values.find(({ key }) => key === "cost")).toMatchObject({
      value: "96.791325",
      unit: "USD",
    });
    expect(draft.rowsRead).toBe(19_366);
  });
});

describe("the Mooncake trace", () => {
  it.runIf(existsSync(mooncake))(
    needs(mooncake, "reuses 37.36 % and 29.34 % of its input"),
    async () => {
      const { source, scope } = await imported(mooncake, Date.UTC(2026, 0, 1));
      const { result } = await leverPromptCache(source, scope, {});
      expect(result).toMatchObject({
        calls: 12_031,
        inputTokens: 144_793_823,
        unlimited: { hitTokens: 54_098_411, hitShare: "37.3624" },
        limited: { lifetimeSeconds: 300, hitTokens: 42_480_677, hitShare: "29.3387" },
        // All input at half the price, as if everything were cached.
        naiveSavingUsd: "180.99227875",
      });
      // Hits under 1,024 tokens and steps that are not full are not billed as read.
      expect(result.billedReadTokens).toBeLessThan(42_480_677);
      expect(result.billedReadTokens).toBeGreaterThan(42_480_677 * 0.85);
      // A hit costs $1.25 less per million.
      expect(result.savingUsd).toBe(formatUsd(BigInt(result.billedReadTokens) * 1_250_000n));

      const assumed = async (writePercent: number) => {
        const terms = { readPercent: 10, writePercent };
        return (await leverPromptCache(source, scope, { terms })).result;
      };
      expect(await assumed(100)).toMatchObject({
        shareOfInput: "26.4049",
        savingUsd: formatUsd(42_480_677n * 2_250_000n),
      });
      // Every miss is written at 1.25 times the price: a third of the saving is left.
      expect((await assumed(125)).shareOfInput).toBe("8.7395");
    },
  );
});

describe("the demo", () => {
  it("shows what was planted in it, in good time", async () => {
    const target = { workspaceId: randomUUID(), datasetId: randomUUID(), importId: randomUUID() };
    const planted = await loadDemoCalls(
      async (calls) => {
        await insertCalls(engine.clickhouse, target, calls);
      },
      { seed: 1, endsAt: Date.UTC(2026, 10, 20) },
    );
    const source = createAnalytics(engine.clickhouse);
    const scope = wholeScope(target.workspaceId, target.datasetId);

    const totals = await profileTotals(source, scope, {});
    expect(totals.result).toMatchObject({
      calls: planted.calls,
      inputTokens: planted.inputTokens,
      outputTokens: planted.outputTokens,
      costUsd: planted.spendUsd,
      unpricedCalls: planted.unpricedCalls,
      errors: planted.errorCalls,
      errorCostUsd: planted.errorCostUsd,
      retries: planted.retryCalls,
      firstAt: planted.firstCallAt,
      lastAt: planted.lastCallAt,
    });
    const cache = await leverResponseCache(source, scope, {});
    expect(cache.result).toMatchObject({
      repeats: planted.duplicateCalls,
      savingHighUsd: planted.duplicateCostUsd,
    });
    const prompts = await leverPromptCache(source, scope, {});
    expect(prompts.result.unlimited.hitTokens).toBe(
      planted.prefixReuse.reduce((sum, { reusedTokens }) => sum + reusedTokens, 0),
    );
    const latency = await latencyByFeature(source, scope, {});
    const regressed = latency.result.features.filter((feature) => feature.regressed);
    expect(regressed.map(({ name }) => name)).toEqual([planted.latencyRegression.feature]);
    const errors = await errorsAndRetries(source, scope, {});
    expect(errors.result.causes[0]?.feature).toBe(planted.retryStorm.feature);
    const quality = await qualityByModel(source, scope, {});
    expect(quality.result.labelledCalls).toBe(planted.qualityLabels);
    const swaps = await leverModelSwap(source, scope, {});
    const { feature, large, small } = planted.oversized;
    const swap = swaps.result.swaps.find(
      (found) => found.feature === feature && found.fromModel === large.model && found.chosen,
    );
    expect(swap).toMatchObject({
      toModel: small.model,
      quality: { verdict: "no-worse" },
      latency: { state: "measured" },
    });

    for (const analyse of Object.values(allAnalyses(source, scope)))
      evidenceDraftSchema.parse((await analyse()).draft);
  });
});
