import { MultipartParseError, parseMultipartRequest } from "@remix-run/multipart-parser";
import { type ReadImportRequest, readImportRequest } from "./import-request";

/** A form without script is held in memory while it is read, so it may bring less than the streamed upload. */
export const FORM_FILE_MAX_BYTES = 64 * 1024 * 1024;

export type FormUpload =
  | {
      ok: true;
      request: Extract<ReadImportRequest, { ok: true }>["wanted"];
      body: ReadableStream<Uint8Array>;
    }
  | { ok: false; problem: string };

/** The file and the fields of the upload form that works without script. */
export async function readFormUpload(request: Request): Promise<FormUpload> {
  const fields = new Map<string, string>();
  let file: { name: string; chunks: Uint8Array[]; bytes: number } | null = null;
  try {
    for await (const part of parseMultipartRequest(request, {
      maxFileSize: FORM_FILE_MAX_BYTES,
      maxTotalSize: FORM_FILE_MAX_BYTES + 64 * 1024,
      maxParts: 20,
    })) {
      if (part.isFile) {
        if (part.name === "file") {
          file = { name: part.filename ?? "", chunks: part.content, bytes: part.size };
        }
      } else if (part.name) {
        fields.set(part.name, part.text);
      }
    }
  } catch (error) {
    if (!(error instanceof MultipartParseError)) throw error;
    return {
      ok: false,
      problem: `The form could not be read: ${error.message}. Without JavaScript a file may have at most 64 MB.`,
    };
  }
  if (!file) return { ok: false, problem: "Choose a file first." };
  const { chunks, bytes } = file;
  const read = readImportRequest(
    new Map([...fields, ["fileName", file.name], ["fileBytes", String(bytes)]]),
  );
  return read.ok ? { ok: true, request: read.wanted, body: streamOf(chunks) } : read;
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = chunks.values();
  return new ReadableStream({
    pull(controller) {
      const next = rest.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
}
