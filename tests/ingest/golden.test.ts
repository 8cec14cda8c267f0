import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { IMPORT_LIMITS, importCalls, importReceiptSchema, inspectFile } from "../../db/ingest";
import { fileStream, referenceFile } from "./reference-data";

const azure = referenceFile("azure-llm-2023-conv.csv");
const mooncake = referenceFile("mooncake-conversation.jsonl");
const assignedModel = { provider: "openai", model: "gpt-4o" };

async function importFile(path: string, startTime?: number) {
  const calls: Call[] = [];
  const began = performance.now();
  const receipt = await importCalls(
    fileStream(path),
    { importId: "golden", fileName: "golden", assignedModel, ...(startTime ? { startTime } : {}) },
    async (batch) => {
      calls.push(...batch);
    },
  );
  const rate = Math.round((receipt.rowsRead / (performance.now() - began)) * 1000);
  process.stdout.write(`${receipt.shape}: ${rate.toLocaleString("en-US")} rows/s\n`);
  return { receipt: importReceiptSchema.parse(JSON.parse(JSON.stringify(receipt))), calls };
}

function head(path: string) {
  return inspectFile(
    new Uint8Array(readFileSync(path).subarray(0, IMPORT_LIMITS.inspectionBytes)),
    path,
  );
}

describe.runIf(azure)("the Azure conversation trace", () => {
  it("is recognised, and needs a model", () => {
    expect(head(azure ?? "")).toMatchObject({
      format: "csv",
      shape: "azure-llm-trace",
      needs: ["model"],
      problems: [],
      mapping: [
        { column: "TIMESTAMP", field: "time" },
        { column: "ContextTokens", field: "inputTokens" },
        { column: "GeneratedTokens", field: "outputTokens" },
      ],
    });
  });

  it("gives 19,366 calls, 22,361,870 input and 4,088,665 output tokens", async () => {
    const { receipt, calls } = await importFile(azure ?? "");
    expect(receipt).toMatchObject({
      state: "completed",
      rowsRead: 19_366,
      rowsAccepted: 19_366,
      rowsRejected: 0,
      inputTokens: 22_361_870,
      outputTokens: 4_088_665,
      firstCallAt: Date.UTC(2023, 10, 16, 18, 15, 46, 680),
      assignedModel,
      bytes: 719_188,
    });
    expect(receipt.assumptions).toContain(
      'Times in "TIMESTAMP" name no zone; they were taken as UTC.',
    );
    expect(calls[0]).toEqual({
      id: "golden-0000000001",
      time: Date.UTC(2023, 10, 16, 18, 15, 46, 680),
      provider: "openai",
      model: "gpt-4o",
      inputTokens: 374,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 44,
      reasoningTokens: 0,
      latencyMs: null,
      ttftMs: null,
      status: "ok",
      errorCode: "",
      retry: 0,
      feature: "",
      user: "",
      session: "",
      promptHash: "",
      prefixBlocks: [],
      blockTokens: 0,
      quality: null,
      tags: {},
    });
  });
});

describe.runIf(mooncake)("the Mooncake conversation trace", () => {
  it("is recognised, and needs a model and a start", () => {
    expect(head(mooncake ?? "")).toMatchObject({
      format: "jsonl",
      shape: "mooncake-trace",
      needs: ["model", "startTime"],
      problems: [],
    });
  });

  it("stores nothing without a start", async () => {
    const { receipt, calls } = await importFile(mooncake ?? "");
    expect(receipt).toMatchObject({ state: "failed", problem: { code: "start-time-missing" } });
    expect(calls).toEqual([]);
  });

  it("gives 12,031 calls and 144,793,823 input tokens, with the figures of an unlimited prefix cache", async () => {
    const start = Date.UTC(2024, 5, 1);
    const { receipt, calls } = await importFile(mooncake ?? "", start);
    expect(receipt).toMatchObject({
      state: "completed",
      rowsAccepted: 12_031,
      rowsRejected: 0,
      inputTokens: 144_793_823,
      firstCallAt: start,
    });
    expect(calls[0]).toMatchObject({ blockTokens: 512, inputTokens: 6758 });
    expect(calls[0]?.prefixBlocks.slice(0, 3)).toEqual(["0", "1", "2"]);

    const seen = new Set<string>();
    let hits = 0;
    for (const { prefixBlocks, blockTokens, inputTokens } of calls) {
      let run = 0;
      while (run < prefixBlocks.length && seen.has(prefixBlocks[run] ?? "")) run += 1;
      hits += Math.min(inputTokens, run * blockTokens);
      for (const block of prefixBlocks) seen.add(block);
    }
    expect(hits).toBe(54_098_411);
  });
});
