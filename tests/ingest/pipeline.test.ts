import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import {
  IMPORT_LIMITS,
  ImportAborted,
  type ImportProgress,
  type ImportReceipt,
  ImportSinkFailed,
  ImportSourceFailed,
  importCalls,
} from "../../db/ingest";
import { HEADER, importText, NOW, row, streamOf } from "./import-support";

const options = {
  importId: "import-1",
  fileName: "f.csv",
  assignedModel: { provider: "openai", model: "gpt-4o" },
};
const manyRows = (rows: number) =>
  `${HEADER}\n${Array.from({ length: rows }, (_, i) => row(i % 100, i % 7 === 0 ? -1 : 2, i)).join("\n")}\n`;

describe("batches", () => {
  it("hold 5,000 calls, in the file's order, with ids that sort as the file does", async () => {
    const { calls, batches } = await importText(manyRows(14_000));
    expect(batches).toEqual([5000, 5000, 2000]);
    const ids = calls.map(({ id }) => id);
    expect(ids[0]).toBe("import-1-0000000002");
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(12_000);
  });

  it("give the same ids and the same batches however the bytes arrive", async () => {
    const text = manyRows(6000);
    const read = async (chunkBytes: number) => {
      const batches: Call[][] = [];
      await importCalls(streamOf(text, chunkBytes).stream, options, async (batch) => {
        batches.push(batch);
      });
      return batches;
    };
    const whole = await read(10_000_000);
    expect(await read(7)).toEqual(whole);
    expect(await read(65_536)).toEqual(whole);
  });

  it("wait for the sink before more is read", async () => {
    const source = streamOf(manyRows(60_000), 10_000);
    let release = () => {};
    let stored = 0;
    let done: Promise<ImportReceipt> | undefined;
    await new Promise<void>((firstBatch) => {
      done = importCalls(source.stream, options, () => {
        stored += 1;
        if (stored > 1) return Promise.resolve();
        firstBatch();
        return new Promise((resolve) => {
          release = resolve;
        });
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stored).toBe(1);
    expect(source.pulled()).toBeLessThan(400_000);
    release();
    expect((await done)?.rowsRead).toBe(60_000);
  });

  it("let other work of the process run", async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    await importText(manyRows(60_000));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe("progress", () => {
  it("is told at most every 200 ms, and at the end", async () => {
    const told: ImportProgress[] = [];
    let now = NOW;
    const { receipt } = await importText(
      manyRows(30_000),
      {},
      { onProgress: (progress) => told.push(progress), now: () => (now += 10) },
    );
    expect(told.length).toBeLessThan(receipt.elapsedMs / IMPORT_LIMITS.progressEveryMs + 2);
    expect(told.at(-1)).toEqual({
      bytesRead: receipt.bytes,
      rowsAccepted: receipt.rowsAccepted,
      rowsRejected: receipt.rowsRejected,
    });
    expect(told.map(({ bytesRead }) => bytesRead)).toEqual(
      told.map(({ bytesRead }) => bytesRead).sort((a, b) => a - b),
    );
  });
});

describe("what is no fault of the file", () => {
  it("a sink that fails", async () => {
    const cause = Object.assign(new Error("full"), { retryable: false });
    const failing = importCalls(streamOf(manyRows(6000)).stream, options, () =>
      Promise.reject(cause),
    );
    await expect(failing).rejects.toMatchObject({
      name: "ImportSinkFailed",
      cause,
      retryable: false,
      progress: { rowsAccepted: 5000 },
    });
    await expect(failing).rejects.toBeInstanceOf(ImportSinkFailed);
  });

  it("a stream that breaks", async () => {
    const cause = new Error("connection reset");
    let sent = false;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(cause);
        else controller.enqueue(new TextEncoder().encode(manyRows(100)));
        sent = true;
      },
    });
    const failing = importCalls(stream, options, async () => {});
    await expect(failing).rejects.toBeInstanceOf(ImportSourceFailed);
    await expect(failing).rejects.toMatchObject({ cause, retryable: true });
  });

  it("an abort, also while no bytes come", async () => {
    const controller = new AbortController();
    const source = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const waiting = importCalls(source, options, async () => {}, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("left")), 20);
    await expect(waiting).rejects.toBeInstanceOf(ImportAborted);
    const before = importCalls(streamOf(manyRows(10)).stream, options, async () => {}, {
      signal: AbortSignal.abort(),
    });
    await expect(before).rejects.toBeInstanceOf(ImportAborted);
  });

  it("an abort between batches stores nothing more", async () => {
    const controller = new AbortController();
    let batches = 0;
    const source = streamOf(manyRows(60_000));
    const failing = importCalls(
      source.stream,
      options,
      async () => {
        batches += 1;
        controller.abort();
      },
      { signal: controller.signal },
    );
    await expect(failing).rejects.toBeInstanceOf(ImportAborted);
    expect(batches).toBe(1);
    expect(source.cancelled()).toBe(true);
  });
});
