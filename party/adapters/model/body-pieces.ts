declare global {
  interface ReadableStreamBYOBReader {
    /** Of the standard, and of every runtime here; not yet in TypeScript's library. */
    read<View extends ArrayBufferView>(
      view: View,
      options: { min: number },
    ): Promise<ReadableStreamReadResult<View>>;
  }
}

const BUFFER_BYTES = 4_096;
/**
 * workerd reads up to this many bytes along with the length of an HTTP chunk, and would hand them out as a
 * piece of their own: two reads for every token of a model that writes each as a chunk.
 */
const READ_ALONG_MAX = 28;
const NEWLINE = 10;

export interface BodyPieces {
  /** Null at the end. */
  next(): Promise<Uint8Array | null>;
  cancel(reason: unknown): Promise<void>;
}

/**
 * Reads the body of a streamed answer, an HTTP chunk at a time where each is a whole event. Until the model has
 * said something every byte is handed out at once; then an event that is shorter than any text, as a sign of
 * life is, comes together with what follows it.
 */
export function bodyPieces(body: ReadableStream<Uint8Array>): BodyPieces {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  let min = 1;
  /** Of the event so far, bytes. */
  let length = 0;
  let ended = false;
  return {
    next: async () => {
      if (ended) return null;
      const { done, value } = await reader.read(new Uint8Array(buffer), { min });
      ended = done;
      // The end may come with bytes that are fewer than asked for.
      if (!value || (done && value.length === 0)) return null;
      buffer = value.buffer;
      length += value.length;
      // The rest of an event must not wait for the next one.
      const isWhole = value.at(-1) === NEWLINE;
      min = isWhole && length > READ_ALONG_MAX ? READ_ALONG_MAX + 1 : 1;
      if (isWhole) length = 0;
      return value.slice();
    },
    cancel: (reason) => reader.cancel(reason),
  };
}
