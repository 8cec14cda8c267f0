import { execFileSync } from "node:child_process";
import { readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "./loopback";
import { isAlive, processIdentity } from "./process-identity";

const fastStopMs = 10_000;
const immediateStopMs = 5_000;

/**
 * Stops a server that a killed process left behind on this cluster, and waits for its end. The
 * process id in `postmaster.pid` may long belong to someone else, so it is only signalled when that
 * process really works in this folder.
 */
export async function stopOrphan(folder: string, log: Log): Promise<void> {
  const text = await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  if (!isAlive(pid) || !(await worksIn(pid, folder))) return;
  log(`postgres: stopping a server left behind by an earlier process (${pid})`);
  await stopPostmaster(pid);
}

/** Fast shutdown, then immediate, then kill: committed data survives each of them. */
export async function stopPostmaster(pid: number): Promise<void> {
  const identity = processIdentity(pid);
  if (identity === null) return;
  const steps: [NodeJS.Signals, number][] = [
    ["SIGINT", fastStopMs],
    ["SIGQUIT", immediateStopMs],
    ["SIGKILL", immediateStopMs],
  ];
  for (const [signal, waitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (processIdentity(pid) !== identity) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function worksIn(pid: number, folder: string): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      // A postmaster's working directory is its cluster.
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder));
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
    }).includes(folder);
  } catch {
    return false;
  }
}
