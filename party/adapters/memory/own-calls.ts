import type { OwnCalls } from "../../ports/own-calls";
import type { ThreadKey } from "../../ports/thread-store";
import type { ModelCall } from "../../protocol";

/** The crew's own calls in memory, for tests: each once, and how often they were delivered. */
export class MemoryOwnCalls implements OwnCalls {
  readonly calls = new Map<string, ModelCall>();
  deliveries = 0;

  async store(_thread: ThreadKey, calls: readonly ModelCall[]): Promise<void> {
    this.deliveries += 1;
    for (const call of calls) this.calls.set(call.id, structuredClone(call));
  }
}
