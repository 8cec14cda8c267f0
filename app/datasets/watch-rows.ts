import type { RowsRead } from "./import-flow";

const POLL_MS = 600;

/** Asks every so often how many rows of an import are in; returns what ends the asking. */
export function watchRows(importId: string, onRows: (rows: RowsRead) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ended = false;

  async function ask() {
    try {
      const response = await fetch(`/data/imports/${importId}/progress`, {
        signal: AbortSignal.timeout(5_000),
      });
      // 404: the upload has not begun to be read.
      if (response.ok) {
        const { rowsAccepted, rowsRejected }: RowsRead = await response.json();
        if (!ended) onRows({ rowsAccepted, rowsRejected });
      }
    } catch {
      // A missed count is made good by the next; the upload itself says when it fails.
    }
    if (!ended) timer = setTimeout(ask, POLL_MS);
  }

  timer = setTimeout(ask, POLL_MS);
  return () => {
    ended = true;
    if (timer !== null) clearTimeout(timer);
  };
}
