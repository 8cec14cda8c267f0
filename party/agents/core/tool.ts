import type { z } from "zod";
import type { ChangeOutcome, WorkspaceChanges } from "../../ports/changes";
import type { EvidenceDraft, Person, RichText } from "../../protocol";
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

/** What a tool that changes something gets: a person's approval, and no way around it. */
export interface ChangeContext {
  state: RunState;
  changes: WorkspaceChanges;
  /** Who approved it, and under which approval. */
  approval: { id: string; by: Person };
}

/**
 * Something an agent can do. Methods, not function properties, so that tools of different inputs fit one list.
 */
interface AgentTool<Input, Result, Context> {
  /** Unique in the crew; also the name a language model calls it by. */
  readonly name: string;
  /** For people, while it runs: "Spend by model". */
  title(input: Input): string;
  /** For the language model: when to use it and what it answers. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  run(input: Input, context: Context): Promise<ToolFinding<Result>>;
  /** What it found, in a sentence whose figures cite the evidence. */
  summarise(result: Result, evidence: KeptEvidence | null): RichText;
}

/** A tool that reads, and changes nothing outside the thread. */
export interface Tool<Input, Result> extends AgentTool<Input, Result, ToolContext> {
  readonly effect: "read";
}

/**
 * A tool that changes something outside the thread. No language model is ever handed one: it runs only by
 * `StepContext.change`, after a person has approved what the agent proposed.
 */
export interface ChangeTool<Input> extends AgentTool<Input, ChangeOutcome, ChangeContext> {
  readonly effect: "changes";
}

export type AnyTool = Tool<unknown, unknown>;
export type AnyChangeTool = ChangeTool<unknown>;

/** What a finished tool call left behind. */
export interface ToolUse<Result> {
  evidence: KeptEvidence | null;
  result: Result;
}
