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

export interface Used {
  seconds: number;
  /** Of processor time, on whichever cores: unlike `seconds`, hardly longer when the machine has other work. */
  engineSeconds: number;
  /** Most of the engine's resident memory meanwhile, bytes. */
  peakBytes: number;
}

/** What the engine used while `act` ran. */
export async function measured(pid: number, act: () => Promise<unknown>): Promise<Used> {
  resetPeakMemory(pid);
  const before = processorSeconds(pid);
  const started = performance.now();
  await act();
  return {
    seconds: (performance.now() - started) / 1000,
    engineSeconds: processorSeconds(pid) - before,
    peakBytes: peakMemory(pid),
  };
}

/** Linux counts in hundredths of a second. */
function processorSeconds(pid: number): number {
  const [user, system] = readIf(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ").slice(11) ?? [];
  return (Number(user) + Number(system)) / 100;
}

/** Begins a new peak; Linux alone. */
function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Most resident memory since the last reset, bytes. */
function peakMemory(pid: number): number {
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
