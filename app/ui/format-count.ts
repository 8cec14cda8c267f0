/** "19,366": grouped by hand, so that server and browser agree whatever their locale data. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

const SIZES = ["bytes", "KB", "MB", "GB", "TB"];

/** "18.2 MB", in steps of 1,000. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let step = 0;
  while (size >= 1_000 && step < SIZES.length - 1) {
    size /= 1_000;
    step += 1;
  }
  return `${step === 0 ? size : size.toFixed(1)} ${SIZES[step]}`;
}

/** "0.8 s", "340 ms". */
export function formatElapsed(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** "1 call", "2 calls". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
