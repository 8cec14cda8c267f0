import type { z } from "zod";
import type { AgentName, ApprovalRequest, RichText } from "../../protocol";
import type { RunState } from "./state";
import type { StepContext } from "./step-context";
import type { AnyChangeTool, AnyTool } from "./tool";

/** The answer of an entry or exit condition; a refusal says why, for people. */
export type Condition = { holds: true } | { holds: false; reason: string };
export const holds: Condition = { holds: true };
export const fails = (reason: string): Condition => ({ holds: false, reason });

/** Ceilings on one step. `steps` are rounds of tool calls by a model, `dollars` its list price. */
export interface Budget {
  steps: number;
  tokens: number;
  seconds: number;
  dollars: number;
}

/**
 * An agent, in one place. The core loop is the only thing that runs it: it asks `canEnter`, lets
 * `work` (with a model) or `fallback` (with rules) make the output, checks it against `output` and
 * `isDone`, and puts it into the run state under the agent's name.
 */
export interface Agent<Input, Output> {
  readonly name: AgentName;
  /** Raised with every change of prompt, tools or schemas. */
  readonly version: number;
  readonly prompt: string;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  readonly tools: ReadonlyArray<AnyTool | AnyChangeTool>;
  readonly budget: Budget;
  /** How long the same request of its model may be given the same answer, over the same data. */
  readonly answersKeptSeconds: number;
  /** Whether its result stays with the thread, so that a follow-up can go on from it. */
  readonly leavesResult: boolean;
  /** What the agent is given of the run. */
  select(state: RunState): unknown;
  canEnter(state: RunState): Condition;
  isDone(output: Output, state: RunState): Condition;
  /** Does the job with rules and queries alone. */
  fallback(input: Input, context: StepContext): Promise<Output>;
  /** Does the job with the language model; throws when the model fails, and the rules take over. */
  work(input: Input, context: StepContext): Promise<Output>;
  /**
   * What a person must approve before the run goes on after this step; null for nothing. The decision
   * stands in `RunState.approvals` for the steps that follow.
   */
  needsApproval?(output: Output, state: RunState): Omit<ApprovalRequest, "id"> | null;
  /** What came out, in one or two sentences. */
  summarise(output: Output, context: Pick<StepContext, "evidence">): RichText;
}

export type AnyAgent = Agent<unknown, unknown>;
