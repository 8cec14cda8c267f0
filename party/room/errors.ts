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

/** Too many messages wait for their run already. Helps to try again when one has been answered. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  readonly retryHelps = true;
  constructor(readonly waiting: number) {
    super(`${waiting} messages already wait for their answer`);
  }
}
