export { ImportAborted, ImportSinkFailed, ImportSourceFailed } from "./errors";
export { importCalls } from "./import-calls";
export { inspectFile } from "./inspect-file";
export type { CallField, Inspection } from "./inspection";
export type { CallSink, ImportControl, ImportOptions, ImportProgress } from "./options";
export { IMPORT_LIMITS } from "./options";
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
