/**
 * Runs `partykit dev` after the startup sequence of db/startup and, once it answers, wakes the rooms
 * whose runs were interrupted.
 */
import { spawn } from "node:child_process";
import { partykitDev } from "./dev-rooms";
import { sweepFromRecord } from "./sweep";
import { end, verifiedVariables } from "./verified-variables";

const READY_WITHIN_MS = 60_000;

const { variables } = await verifiedVariables(process.env).catch(end);
const { command, args, env } = partykitDev({ ...process.env, ...variables });
const url = `http://${process.env.ROOMS_HOST || "127.0.0.1"}:${process.env.ROOMS_PORT || "1999"}`;

// In this process's own group: whoever ends the group ends all of it.
const child = spawn(command, args, { env, stdio: ["ignore", "inherit", "inherit"] });
child.once("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.once(signal, () => child.kill(signal));
}

if (await isReady()) {
  console.log(`rooms ready on ${url}`);
  await sweepFromRecord(variables, url, console.log).catch((error: unknown) => {
    console.error(`unfinished runs could not be looked up: ${String(error)}`);
  });
}

async function isReady(): Promise<boolean> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      await new Promise((settle) => setTimeout(settle, 100));
    }
  }
  return false;
}
