import type { z } from "zod";
import type { EvidenceDraft, RichText } from "../../protocol";
import type { ToolServices } from "./services";
import type { KeptEvidence, RunState } from "./state";

/** What a tool may touch: typed questions about calls, and nothing else. */
export interface ToolContext extends ToolServices {
  state: RunState;
  signal: AbortSignal;
}

/** What a tool found. `draft` is null only for look-ups that yield no figure, such as names. */
export interface ToolFinding<Result> {
  draft: EvidenceDraft | null;
  result: Result;
}

/**
 * Something an agent can do. Every tool reads; none of them changes anything outside the thread.
 * Methods, not function properties, so that tools of different inputs fit one list.
 */
export interface Tool<Input, Result> {
  /** Unique in the crew; also the name a language model calls it by. */
  readonly name: string;
  /** For people, while it runs: "Spend by model". */
  title(input: Input): string;
  /** For the language model: when to use it and what it answers. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  readonly effect: "read";
  run(input: Input, context: ToolContext): Promise<ToolFinding<Result>>;
  /** What it found, in a sentence whose figures cite the evidence. */
  summarise(result: Result, evidence: KeptEvidence | null): RichText;
}

export type AnyTool = Tool<unknown, unknown>;

/** What a finished tool call left behind. */
export interface ToolUse<Result> {
  evidence: KeptEvidence | null;
  result: Result;
}
