import { createReadStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";

const folder = process.env.NETRA_REFERENCE_DATA ?? resolve(process.cwd(), "../shared/data");

/** Path of a reference file; null, said aloud, where it is absent. */
export function referenceFile(name: string): string | null {
  const path = resolve(folder, name);
  if (existsSync(path)) return path;
  process.stdout.write(`skipped: ${name} is not under NETRA_REFERENCE_DATA (${folder})\n`);
  return null;
}

export function fileStream(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
}
