/**
 * One language-model API call as it stands in a log, before it is priced.
 * `inputTokens` includes cached reads and cache writes; `outputTokens` includes reasoning.
 * Empty text means "not in the log"; `null` means unknown. Never a guess.
 */
export interface Call {
  /** Stable for the same row of the same import, so that a retried batch stores nothing twice. */
  id: string;
  /** Unix time in ms. */
  time: number;
  /** As the price catalogue names it, e.g. `openai`; empty when the log does not say. */
  provider: string;
  model: string;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  latencyMs: number | null;
  /** Time to first token, ms. */
  ttftMs: number | null;
  status: "ok" | "error";
  /** Provider's error code or HTTP status when `status` is `error`. */
  errorCode: string;
  /** Which attempt of the same request this was, from 0. */
  retry: number;
  feature: string;
  user: string;
  session: string;
  /** Hash of everything that decides the answer (prompt and parameters). */
  promptHash: string;
  /** Hash ids of the prompt's blocks from its start, unsigned 64-bit as text: equal ids mean an equal prefix. */
  prefixBlocks: string[];
  /** Tokens in one prefix block; 0 when there are none. The last block may be partly filled. */
  blockTokens: number;
  /** Judged quality 0–1; null when not judged. */
  quality: number | null;
  tags: Record<string, string>;
}
