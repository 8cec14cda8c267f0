import { type FileHandle, open } from "node:fs/promises";

const PIECE_BYTES = 128 * 1024;

/**
 * A file's bytes, read as they are asked for. Not `Readable.toWeb` of a read stream: on Node 20 a reader
 * that stops early (a file that is none of ours) makes it throw where nobody can catch it.
 */
export function fileStream(path: string): ReadableStream<Uint8Array> {
  let file: FileHandle | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async start() {
        file = await open(path);
      },
      async pull(controller) {
        const piece = new Uint8Array(PIECE_BYTES);
        const bytesRead = (await file?.read(piece, 0, piece.length))?.bytesRead ?? 0;
        if (bytesRead > 0) return controller.enqueue(piece.subarray(0, bytesRead));
        await file?.close();
        controller.close();
      },
      async cancel() {
        await file?.close();
      },
    },
    { highWaterMark: 0 },
  );
}
