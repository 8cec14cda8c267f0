import {
  ApprovalDecidedError,
  InvalidValuesError,
  NoSuchApprovalError,
  NoSuchMessageError,
  NotRetriableError,
  NotYourWordError,
  QueueFullError,
} from "./errors";
import { type Refusal, refusal } from "./frames";

const decided = { approve: "approved", edit: "approved with changes", reject: "rejected" } as const;

/** What a client is told of an error that is its own to mend; null for the room's own troubles. */
export function refusalOf(error: unknown, id: string): Refusal | null {
  if (error instanceof QueueFullError) return refusal("busy", id);
  if (error instanceof NoSuchMessageError) return refusal("no-such-message", id);
  if (error instanceof NotRetriableError) return refusal("cannot-retry", id);
  if (error instanceof NoSuchApprovalError) return refusal("no-such-approval", id);
  if (error instanceof NotYourWordError) {
    return refusal("not-allowed", id, `Only these roles may decide: ${error.roles.join(", ")}.`);
  }
  if (error instanceof InvalidValuesError)
    return refusal("invalid-values", id, `${error.message}.`);
  if (error instanceof ApprovalDecidedError) {
    const { by, decision } = error.given;
    return refusal("already-decided", id, `${by.name} already ${decided[decision]} this.`);
  }
  return null;
}
