import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The process of the embedded engine, which this process started. */
export function engineProcess(): number {
  const children = readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const status = readIf(`/proc/${name}/status`);
    return new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status);
  });
  const engine = children.find((pid) => readIf(`/proc/${pid}/maps`).includes("chdb"));
  if (!engine) throw new Error("No child of this process has ClickHouse loaded");
  return Number(engine);
}

/** Begins a new peak; Linux alone. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Most resident memory since the last reset, bytes. */
export function peakMemory(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readIf(`/proc/${pid}/status`));
  return Number(found?.[1] ?? Number.NaN) * 1024;
}

function readIf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended while we looked.
    return "";
  }
}
