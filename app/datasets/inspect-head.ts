import type { Inspection } from "../../db/ingest";

/** As much of a file as the server wants to see of it. */
const HEAD_BYTES = 64 * 1024;
const TIMEOUT_MS = 15_000;

/** Asks the server what the first bytes of a file say. Rejects when it does not answer. */
export async function inspectHead(file: File): Promise<Inspection> {
  const response = await fetch(`/data/inspect?fileName=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file.slice(0, HEAD_BYTES),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`The inspection answered ${response.status}`);
  return response.json();
}
