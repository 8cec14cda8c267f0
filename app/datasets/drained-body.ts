/** A body to drain may take this long or be this large; whoever sends more has the connection closed. */
const DRAIN_MS = 120_000;
const DRAIN_BYTES = 4 * 1024 ** 3;

export interface DrainedBody {
  /** To be read, or left, at will. */
  stream: ReadableStream<Uint8Array>;
  /** Takes in and drops what was not read. Await it before answering. */
  drain(): Promise<void>;
}

/**
 * A request's body whose reader may stop early. A browser that still uploads sees a reset connection,
 * not the answer, when the server closes the body; so the rest is read and dropped.
 */
export function drainedBody(body: ReadableStream<Uint8Array> | null): DrainedBody {
  const reader = body?.getReader();
  let ended = reader === undefined;
  const next = async (): Promise<Uint8Array | null> => {
    if (ended || !reader) return null;
    try {
      const { done, value } = await reader.read();
      if (!done) return value;
      ended = true;
      return null;
    } catch (error) {
      ended = true;
      throw error;
    }
  };
  return {
    stream: new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const bytes = await next();
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        },
      },
      { highWaterMark: 0 },
    ),
    async drain() {
      const until = Date.now() + DRAIN_MS;
      let dropped = 0;
      try {
        for (let bytes = await next(); bytes !== null; bytes = await next()) {
          dropped += bytes.length;
          if (dropped > DRAIN_BYTES || Date.now() > until) break;
        }
        if (!ended) await reader?.cancel();
      } catch {
        // The sender is gone: nobody waits for an answer.
      }
    },
  };
}
