import type { Call } from "../clickhouse/call";
import type { Fault } from "./fault";
import { IMPORT_LIMITS, type ImportOptions, type ImportProgress } from "./options";
import type {
  FileFormat,
  FileProblem,
  FileShape,
  ImportReceipt,
  Rejection,
  RejectionReason,
} from "./receipt";
import { visibleText } from "./visible-text";

/** Counts what happens to the rows of an import. */
export class ReceiptBuilder {
  bytes = 0;
  private accepted = 0;
  private rejected = 0;
  private inputTokens = 0;
  private outputTokens = 0;
  private first: number | null = null;
  private last: number | null = null;
  private readonly counts = new Map<RejectionReason, number>();
  private readonly rejections: Rejection[] = [];
  private readonly assumptions: string[] = [];

  constructor(
    private readonly options: ImportOptions,
    private readonly startedAt: number,
  ) {}

  accept(call: Call): void {
    this.accepted += 1;
    this.inputTokens += call.inputTokens;
    this.outputTokens += call.outputTokens;
    if (this.first === null || call.time < this.first) this.first = call.time;
    if (this.last === null || call.time > this.last) this.last = call.time;
  }

  reject(line: number, fault: Fault): void {
    this.rejected += 1;
    this.counts.set(fault.reason, (this.counts.get(fault.reason) ?? 0) + 1);
    if (this.rejections.length >= IMPORT_LIMITS.keptRejections) return;
    this.rejections.push({
      line,
      column: fault.column === null ? null : visibleText(fault.column),
      value: visibleText(fault.value),
      reason: fault.reason,
      text: fault.text,
    });
  }

  assume(sentence: string): void {
    if (!this.assumptions.includes(sentence)) this.assumptions.push(sentence);
  }

  get rowsRead(): number {
    return this.accepted + this.rejected;
  }

  progress(): ImportProgress {
    return { bytesRead: this.bytes, rowsAccepted: this.accepted, rowsRejected: this.rejected };
  }

  finish(
    format: FileFormat | null,
    shape: FileShape | null,
    problem: FileProblem | null,
    endedAt: number,
  ): ImportReceipt {
    const facts = {
      importId: this.options.importId,
      fileName: visibleText(this.options.fileName),
      format,
      shape,
      rowsRead: this.rowsRead,
      rowsAccepted: this.accepted,
      rowsRejected: this.rejected,
      rejectedBy: [...this.counts]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count),
      rejections: this.rejections,
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      firstCallAt: this.first,
      lastCallAt: this.last,
      assignedModel: this.options.assignedModel ?? null,
      assumptions: this.assumptions,
      bytes: this.bytes,
      elapsedMs: Math.max(0, endedAt - this.startedAt),
    };
    const ownProblem = problem ?? this.problemOfRows();
    return ownProblem === null
      ? { ...facts, state: "completed", problem: null }
      : { ...facts, state: "failed", problem: ownProblem };
  }

  private problemOfRows(): FileProblem | null {
    if (this.accepted > 0) return null;
    const [example] = this.rejections;
    if (example === undefined) {
      return {
        code: "header-only",
        text: "The file holds no rows below its header.",
        hint: "Export a range of time with calls in it.",
      };
    }
    const place = example.column === null ? "" : `, column "${example.column}"`;
    return {
      code: "all-rows-rejected",
      text: `None of the ${this.rejected.toLocaleString("en-US")} rows could be taken. The first: line ${example.line}${place}: ${example.text}.`,
      hint: "Check the columns and values against the first rejections below.",
    };
  }
}
