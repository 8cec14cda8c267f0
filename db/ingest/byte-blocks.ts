/** The bytes of a stream stopped coming for another reason than the caller's signal. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
}

/**
 * A stream's bytes in blocks of exactly `size` (the last one shorter), whatever chunks they arrive in, so that an
 * import never depends on how a network cut its upload. An abort ends the wait for bytes that do not come.
 * Throws `StreamBroken`; ends quietly on abort, which the caller checks.
 */
export async function* byteBlocks(
  stream: ReadableStream<Uint8Array>,
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  const cancel = () => {
    reader.cancel(signal?.reason).catch(ignoreFailedCancel);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  let finished = false;
  let block = new Uint8Array(size);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        finished = true;
        throw new StreamBroken("The stream of the file failed", { cause });
      });
      if (done) break;
      for (let from = 0; from < value.length; ) {
        const part = value.subarray(from, from + size - filled);
        block.set(part, filled);
        filled += part.length;
        from += part.length;
        if (filled < size) continue;
        yield block;
        // Rows still held point into the block just given away.
        block = new Uint8Array(size);
        filled = 0;
      }
    }
    finished = true;
    if (filled > 0 && !signal?.aborted) yield block.subarray(0, filled);
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!finished) cancel();
    reader.releaseLock();
  }
}

function ignoreFailedCancel(): void {
  // The source is gone either way; nobody waits for it any more.
}
