import type { Call } from "../clickhouse/call";
import { byteBlocks } from "./byte-blocks";
import { ImportAborted, ImportSinkFailed, ImportSourceFailed } from "./errors";
import { Fault } from "./fault";
import { type CallSink, IMPORT_LIMITS, type ImportControl, type ImportOptions } from "./options";
import type { Plan } from "./plan";
import type { FileFormat, FileProblem, FileShape, ImportReceipt } from "./receipt";
import { ReceiptBuilder } from "./receipt-builder";
import { RowReader } from "./row-reader";
import { type DataRow, NO_JSON_ROWS, RowSource } from "./row-source";
import { sniff } from "./sniff";
import { visibleText } from "./visible-text";

/** Rows to see at most before it is decided how a file is to be read. */
const MOST_HELD_ROWS = 1_000;
/** After this many blocks (128 KiB, 5–15 ms of work) other work of the process gets its turn. */
const BLOCKS_PER_TURN = 2;

/**
 * Reads a log file from a stream and hands its calls to `sink` in batches. Whatever the file holds, it ends with a
 * receipt; memory stays within a few MiB. Throws `ImportAborted`, `ImportSinkFailed` or `ImportSourceFailed`, none of
 * which says anything about the file; importing the whole file again under the same `importId` repeats the same ids.
 */
export async function importCalls(
  stream: ReadableStream<Uint8Array>,
  options: ImportOptions,
  sink: CallSink,
  control: ImportControl = {},
): Promise<ImportReceipt> {
  const run = new ImportRun(options, sink, control);
  try {
    let block = 0;
    for await (const bytes of byteBlocks(stream, IMPORT_LIMITS.inspectionBytes, control.signal)) {
      if (!(await run.take(bytes))) break;
      block += 1;
      if (block % BLOCKS_PER_TURN === 0) await otherWork();
    }
  } catch (cause) {
    if (cause instanceof ImportAborted || cause instanceof ImportSinkFailed) throw cause;
    if (control.signal?.aborted) throw new ImportAborted(run.progress(), control.signal.reason);
    throw new ImportSourceFailed(run.progress(), cause instanceof Error ? cause.cause : cause);
  }
  return run.finish();
}

class ImportRun {
  private readonly now: () => number;
  private readonly receipt: ReceiptBuilder;
  private readonly latestTime: number;
  private rows: RowSource | null = null;
  private format: FileFormat | null = null;
  private shape: FileShape | null = null;
  private held: DataRow[] = [];
  private plan: Plan | null = null;
  private reader: RowReader | null = null;
  private problem: FileProblem | null = null;
  private batch: Call[] = [];
  private reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: ImportOptions,
    private readonly sink: CallSink,
    private readonly control: ImportControl,
  ) {
    this.now = control.now ?? Date.now;
    const startedAt = this.now();
    this.receipt = new ReceiptBuilder(options, startedAt);
    this.latestTime = startedAt + IMPORT_LIMITS.aheadMs;
  }

  progress() {
    return this.receipt.progress();
  }

  /** Takes the next block; false when nothing after it matters. */
  async take(bytes: Uint8Array): Promise<boolean> {
    this.stopIfAborted();
    this.receipt.bytes += bytes.length;
    let content = bytes;
    if (this.rows === null) {
      const sniffed = sniff(bytes);
      if ("code" in sniffed) {
        this.problem = sniffed;
        return false;
      }
      this.format = sniffed.format;
      this.rows = new RowSource(sniffed);
      content = bytes.subarray(sniffed.markBytes);
    }
    await this.process(this.rows, this.rows.push(content), false);
    this.report(false);
    return this.problem === null;
  }

  async finish(): Promise<ImportReceipt> {
    this.stopIfAborted();
    if (this.rows === null) {
      const sniffed = this.problem ?? sniff(new Uint8Array(0));
      if ("code" in sniffed) this.problem = sniffed;
    } else if (this.problem === null) {
      await this.process(this.rows, this.rows.end(), true);
      if (this.rows.endsOpen) {
        this.receipt.assume(
          "The file does not end with a line end; its last row was judged as it stands and may be cut.",
        );
      }
    }
    await this.store();
    this.report(true);
    return this.receipt.finish(this.format, this.shape, this.problem, this.now());
  }

  private async process(rows: RowSource, arrived: DataRow[], last: boolean): Promise<void> {
    if (rows.problem) this.problem = rows.problem;
    if (this.problem) return;
    if (this.reader === null) {
      this.held = this.held.length === 0 ? arrived : this.held.concat(arrived);
      const good = this.held.some(({ values }) => !(values instanceof Fault));
      if (!good && !last && this.held.length < MOST_HELD_ROWS) return;
      this.start(rows);
    }
    const waiting = this.held.length > 0 ? this.held : arrived;
    this.held = [];
    for (const row of waiting) {
      this.read(rows, row);
      if (this.batch.length >= IMPORT_LIMITS.batchRows) await this.store();
    }
  }

  /** Decides how the file is read, or that it cannot be. */
  private start(rows: RowSource): void {
    this.plan = rows.plan(this.held);
    if (this.plan === null) {
      if (this.held.length > 0 || this.format === "json" || this.format === "jsonl") {
        this.problem = NO_JSON_ROWS;
      }
      return;
    }
    this.shape = this.plan.shape;
    this.problem = this.plan.problem ?? lackOf(this.plan, this.options);
    if (this.problem) {
      this.held = [];
      return;
    }
    for (const sentence of this.plan.assumptions) this.receipt.assume(sentence);
    const assigned = this.options.assignedModel;
    if (assigned) {
      const which = this.plan.fields.model ? "Rows without a model" : "All rows";
      this.receipt.assume(
        `${which} were given ${visibleText(assigned.model)} of ${visibleText(assigned.provider)}.`,
      );
    } else if (!this.plan.fields.provider) {
      this.receipt.assume(
        "The file names no provider; the price catalogue's provider of each model was taken.",
      );
    }
    this.reader = new RowReader(this.plan, this.options, this.latestTime);
  }

  private read(rows: RowSource, row: DataRow): void {
    if (row.values instanceof Fault) {
      this.receipt.reject(row.line, row.values);
      return;
    }
    if (this.reader === null) return;
    const call = this.reader.read(rows.cells(row.values), this.receipt.rowsRead + 1);
    if (call instanceof Fault) {
      this.receipt.reject(row.line, call);
      return;
    }
    this.receipt.accept(call);
    this.batch.push(call);
  }

  private async store(): Promise<void> {
    if (this.batch.length === 0) return;
    this.stopIfAborted();
    const batch = this.batch;
    this.batch = [];
    try {
      await this.sink(batch);
    } catch (cause) {
      if (this.control.signal?.aborted) throw new ImportAborted(this.progress(), cause);
      throw new ImportSinkFailed(this.progress(), cause);
    }
    this.stopIfAborted();
    this.report(false);
  }

  private stopIfAborted(): void {
    const signal = this.control.signal;
    if (signal?.aborted) throw new ImportAborted(this.progress(), signal.reason);
  }

  private report(last: boolean): void {
    const now = this.now();
    if (!last && now - this.reportedAt < IMPORT_LIMITS.progressEveryMs) return;
    this.reportedAt = now;
    this.control.onProgress?.(this.progress());
  }
}

function lackOf(plan: Plan, options: ImportOptions): FileProblem | null {
  if (plan.needs.includes("model") && !options.assignedModel) {
    return {
      code: "model-missing",
      text: "The file has no column that names the model.",
      hint: "Choose the provider and model that all its calls used.",
    };
  }
  if (plan.needs.includes("startTime") && options.startTime === undefined) {
    return {
      code: "start-time-missing",
      text: "The file's times count from zero.",
      hint: "Say when the log began.",
    };
  }
  return null;
}

/** A macrotask, so that sockets and timers of the process are served. */
function otherWork(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
