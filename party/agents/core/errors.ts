import type { AgentName } from "../../protocol";

/** A tool's query failed. Shown in the thread; never turned into an empty result. */
export class ToolFailed extends Error {
  override readonly name = "ToolFailed";
  /** Whether running the tool again may help. */
  readonly retry: boolean;
  constructor(
    readonly tool: string,
    readonly title: string,
    cause: unknown,
  ) {
    super(`${title}: ${reasonOf(cause)}`, { cause });
    this.retry = retryHelps(cause);
  }
}

/** A tool that changes something was to run without a person's approval: a mistake in an agent. */
export class NotApproved extends Error {
  override readonly name = "NotApproved";
  readonly retry = false;
  constructor(readonly tool: string) {
    super(`${tool} needs an approval that nobody gave`);
  }
}

/** A step could not be done, neither by the model nor by the rules. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly retry: boolean;
  constructor(
    readonly agent: AgentName,
    cause: unknown,
  ) {
    super(`The ${agent} step failed: ${reasonOf(cause)}`, { cause });
    this.retry = retryHelps(cause);
  }
}

/** An agent's result does not have the shape, or not the content, that closes its step. */
export class NotDone extends Error {
  override readonly name = "NotDone";
  readonly retry = false;
  constructor(
    readonly agent: AgentName,
    readonly missing: string,
  ) {
    super(`the ${agent} agent is not done: ${missing}`);
  }
}

/** A saved run state that this version cannot read. */
export class UnreadableState extends Error {
  override readonly name = "UnreadableState";
  readonly retry = false;
  constructor(readonly problem: string) {
    super(`The saved state of the run cannot be read: ${problem}`);
  }
}

/** The step took longer than its budget. */
export class StepTimedOut extends Error {
  override readonly name = "StepTimedOut";
  readonly retry = true;
  constructor(
    readonly agent: AgentName,
    readonly seconds: number,
  ) {
    super(`the ${agent} step took longer than ${seconds} s`);
  }
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

export function retryHelps(cause: unknown): boolean {
  return (
    typeof cause === "object" &&
    cause !== null &&
    (("retry" in cause && cause.retry === true) ||
      ("retryable" in cause && cause.retryable === true))
  );
}
