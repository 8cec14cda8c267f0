import type { Call } from "../../db/clickhouse/call";
import {
  type ImportControl,
  type ImportOptions,
  type ImportReceipt,
  importCalls,
} from "../../db/ingest";

export const NOW = Date.UTC(2025, 0, 15);

/** Bytes as a stream, in chunks of `chunkBytes`; `pulled` counts the bytes asked for. */
export function streamOf(
  content: string | Uint8Array,
  chunkBytes = 50_000,
): { stream: ReadableStream<Uint8Array>; pulled: () => number; cancelled: () => boolean } {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  let from = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (from >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(bytes.subarray(from, from + chunkBytes));
      from += chunkBytes;
    },
    cancel() {
      cancelled = true;
    },
  });
  return { stream, pulled: () => Math.min(from, bytes.length), cancelled: () => cancelled };
}

export interface Imported {
  receipt: ImportReceipt;
  calls: Call[];
  batches: number[];
}

/** Imports a whole content into memory; the model is assigned and the clock stands unless told otherwise. */
export async function importText(
  content: string | Uint8Array,
  options: Partial<ImportOptions> = {},
  control: ImportControl = {},
): Promise<Imported> {
  const calls: Call[] = [];
  const batches: number[] = [];
  const receipt = await importCalls(
    streamOf(content).stream,
    {
      importId: "import-1",
      fileName: "calls.csv",
      assignedModel: { provider: "openai", model: "gpt-4o" },
      ...options,
    },
    async (batch) => {
      batches.push(batch.length);
      calls.push(...batch);
    },
    { now: () => NOW, ...control },
  );
  return { receipt, calls, batches };
}

export const HEADER = "timestamp,input_tokens,output_tokens";
export const row = (input: number | string, output: number | string, second = 0) =>
  `2024-05-31T10:00:${String(second % 60).padStart(2, "0")}Z,${input},${output}`;
