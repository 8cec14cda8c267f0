import type { ModelCall } from "../protocol";
import type { ThreadKey } from "./thread-store";

/**
 * The crew's own model calls as a dataset of their workspace, to be asked about like any other. Storing
 * the same calls again changes nothing, so the room's outbox may deliver more than once.
 */
export interface OwnCalls {
  /** @throws what the stores throw while they are away; then some may be stored */
  store(thread: ThreadKey, calls: readonly ModelCall[]): Promise<void>;
}
