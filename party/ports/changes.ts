import type { ApprovalRequest, ChangeRefusal, Person, WorkspaceChange } from "../protocol";

/** A change that somebody has approved. */
export interface ChangeOrder {
  workspaceId: string;
  /** The approval's: the same order again changes nothing and is answered like the first. */
  id: string;
  by: Person;
  runId: string;
  change: WorkspaceChange;
}

/** `at`: when it was done, Unix ms. */
export type ChangeOutcome = { done: true; at: number } | { done: false; refusal: ChangeRefusal };

type Bounds = Readonly<{ min: number; max: number }>;

/** What the crew may change of a workspace, once a person has approved it. */
export interface WorkspaceChanges {
  /** Whose word counts, and within which bounds. */
  readonly rules: {
    readonly roles: ApprovalRequest["roles"];
    readonly amountUsd: Bounds;
    readonly alertPercent: Bounds;
    readonly days: Bounds;
  };
  /** Days during which a deleted dataset can be restored. */
  readonly restorableDays: number;
  /**
   * Makes the change and writes down who ordered it, both or none, once. What does not hold any more (the
   * dataset, the person's right) is refused and changes nothing. Rejects when the record is away.
   */
  apply(order: ChangeOrder): Promise<ChangeOutcome>;
}
