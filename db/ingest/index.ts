export { ImportAborted, ImportSinkFailed, ImportSourceFailed } from "./errors";
export type { CallField, Inspection } from "./inspection";
export type { CallSink, ImportControl, ImportOptions, ImportProgress } from "./options";
export { IMPORT_LIMITS, importOptionsSchema } from "./options";
export type {
  FileFormat,
  FileProblem,
  FileShape,
  ImportReceipt,
  ProblemCode,
  Rejection,
  RejectionReason,
} from "./receipt";
export { importReceiptSchema } from "./receipt";
// Being built: inspectFile(head: Uint8Array, fileName: string): Inspection
// Being built: importCalls(stream: ReadableStream<Uint8Array>, options: ImportOptions, sink: CallSink, control?: ImportControl): Promise<ImportReceipt>
