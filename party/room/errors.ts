import type { ApprovalChoice, Person, Role } from "../protocol";

/** Room storage refused or lost a write. Nothing of it was shown; the same write may be tried again. */
export class RoomWriteError extends Error {
  override readonly name = "RoomWriteError";
  readonly retryHelps = true;
  constructor(cause: unknown) {
    super("Room storage did not take the write", { cause });
  }
}

/** One event is larger than a frame can carry. Trying again does not help. */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";
  readonly retryHelps = false;
  constructor(
    readonly eventType: string,
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`A ${eventType} event of ${bytes} bytes is over the limit of ${maxBytes}`);
  }
}

/** The thread has no message of a person with this id. */
export class NoSuchMessageError extends Error {
  override readonly name = "NoSuchMessageError";
  readonly retryHelps = false;
  constructor(readonly messageId: string) {
    super(`There is no question ${messageId}`);
  }
}

/** The run is not the last one of its message, or did not fail and was not stopped. */
export class NotRetriableError extends Error {
  override readonly name = "NotRetriableError";
  readonly retryHelps = false;
  constructor(readonly runId: string) {
    super(`Run ${runId} cannot be retried`);
  }
}

/** The room asks for no such approval, or not any more. */
export class NoSuchApprovalError extends Error {
  override readonly name = "NoSuchApprovalError";
  readonly retryHelps = false;
  constructor(readonly approvalId: string) {
    super(`Approval ${approvalId} is not asked for`);
  }
}

/** Somebody decided first. */
export class ApprovalDecidedError extends Error {
  override readonly name = "ApprovalDecidedError";
  readonly retryHelps = false;
  constructor(
    readonly approvalId: string,
    readonly given: { decision: ApprovalChoice; by: Person },
  ) {
    super(`Approval ${approvalId} was decided already`);
  }
}

/** The person's role is none of those whose word counts. */
export class NotYourWordError extends Error {
  override readonly name = "NotYourWordError";
  readonly retryHelps = false;
  constructor(readonly roles: readonly Role[]) {
    super(`Only ${roles.join(", ")} may decide`);
  }
}

/** A value that a person changed is not one that can be. */
export class InvalidValuesError extends Error {
  override readonly name = "InvalidValuesError";
  readonly retryHelps = false;
  constructor(
    /** Its label. */
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

/** Too many messages wait for their run already. Helps to try again when one has been answered. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  readonly retryHelps = true;
  constructor(readonly waiting: number) {
    super(`${waiting} messages already wait for their answer`);
  }
}
