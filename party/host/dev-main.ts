/** Runs `partykit dev` and, once it answers, wakes the rooms whose runs were interrupted. */
import { spawn } from "node:child_process";
import { partykitDev } from "./dev-rooms";
import { roomVariables } from "./room-variables";
import { sweepFromRecord } from "./sweep";

const READY_WITHIN_MS = 60_000;

const { command, args, env } = partykitDev(process.env);
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
  await sweepFromRecord(roomVariables(process.env), url, console.log).catch((error: unknown) => {
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
