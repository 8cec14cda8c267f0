import type { FileFormat, FileProblem, FileShape } from "./receipt";

/** A field of a call (or a helper to compute one) that a column can feed. */
export type CallField =
  | "time"
  | "endTime"
  | "firstTokenTime"
  | "provider"
  | "model"
  | "inputTokens"
  | "totalTokens"
  | "cacheReadTokens"
  | "cacheWriteTokens"
  | "outputTokens"
  | "reasoningTokens"
  | "latencyMs"
  | "ttftMs"
  | "status"
  | "errorCode"
  | "retry"
  | "feature"
  | "user"
  | "session"
  | "promptHash"
  | "prefixBlocks"
  | "blockTokens"
  | "quality"
  | "tags";

/** What the first bytes of a file tell, before anything is stored. JSON. */
export interface Inspection {
  /** Null when the bytes are no text that could hold rows. */
  format: FileFormat | null;
  shape: FileShape | null;
  /** Column names as the file writes them; for JSON the dotted paths found in the first rows. */
  columns: string[];
  /** Which column feeds which field; the first one with a value wins when several are listed. */
  mapping: Array<{ column: string; field: CallField }>;
  /** What the file lacks and the user must give: `assignedModel` or `startTime` of the options. */
  needs: Array<"model" | "startTime">;
  /** Up to 5 rows, cells in the order of `columns`, each cut to 80 characters. */
  sample: string[][];
  assumptions: string[];
  /** Empty when the file can be imported (once `needs` is given). */
  problems: FileProblem[];
}
