import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engines, startEngines } from "../../db/embedded";
import type { Readiness } from "../../db/startup/health";
import { buildWeb, freePort, launchWeb, type WebBuild } from "../support/web-server";
import { describeTimes } from "./report";

const secret = "a secret of at least thirty-two characters";

interface Start {
  /** Until the engines answered, ms. */
  engines: number;
  /** From the launch of the web server until /readyz said ready, ms. */
  web: number;
  /** What the startup sequence reports as its own, ms. */
  sequence: number;
}

/**
 * How long a start takes until /readyz says ready, by the compiled web server on the embedded engines,
 * without the demo: `cold` on no data at all, `warm` on data with the engines stopped, `no-op` with the
 * engines running and nothing to do. Prints medians.
 */
export async function run(args: readonly string[]): Promise<void> {
  const runs = Number(args[args.indexOf("--runs") + 1]) || 5;
  const build = await buildWeb();
  const folder = mkdtempSync(join(tmpdir(), "netra-bench-"));
  // PostgreSQL's own user has to come through.
  chmodSync(folder, 0o711);
  try {
    const cold: Start[] = [];
    const warm: Start[] = [];
    for (let index = 0; index < runs; index++) {
      const dataDir = join(folder, String(index));
      cold.push(await wholeStart(build, dataDir));
      warm.push(await wholeStart(build, dataDir));
    }
    const engines = await startEngines({ dataDir: join(folder, "0") });
    const noop: Start[] = [];
    for (let index = 0; index < 2 * runs; index++) noop.push(await webStart(build, engines));
    const { stores } = await lastReadiness(build, engines);
    await engines.stop();

    const versions = Object.entries(stores).map(([name, { version }]) => `${name} ${version}`);
    console.log(`${versions.join(", ")}\n`);
    const total = (starts: readonly Start[]) => starts.map(({ engines, web }) => engines + web);
    console.log(describeTimes("cold: no data, until ready", total(cold)));
    console.log(
      describeTimes(
        "  of which engines",
        cold.map((start) => start.engines),
      ),
    );
    console.log(describeTimes("  of which startup sequence, with all migrations", sequences(cold)));
    console.log(describeTimes("warm: data, engines stopped, until ready", total(warm)));
    console.log(
      describeTimes(
        "  of which engines",
        warm.map((start) => start.engines),
      ),
    );
    console.log(describeTimes("  of which startup sequence", sequences(warm)));
    console.log(describeTimes("no-op: engines run, until ready", total(noop)));
    console.log(describeTimes("  of which startup sequence (to be under 400 ms)", sequences(noop)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    build.remove();
  }
}

const sequences = (starts: readonly Start[]) => starts.map(({ sequence }) => sequence);

async function wholeStart(build: WebBuild, dataDir: string): Promise<Start> {
  const startedAt = performance.now();
  const engines = await startEngines({ dataDir });
  const ready = performance.now() - startedAt;
  const start = await webStart(build, engines);
  await engines.stop();
  return { ...start, engines: ready };
}

async function webStart(build: WebBuild, engines: Engines): Promise<Start> {
  return (await measured(build, engines)).start;
}

async function lastReadiness(build: WebBuild, engines: Engines): Promise<Readiness> {
  return (await measured(build, engines)).readiness;
}

async function measured(build: WebBuild, engines: Engines) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const server = launchWeb(build, {
    ...engines.env,
    NETRA_ENV: "test",
    APP_ORIGIN: origin,
    ROOMS_URL: "http://127.0.0.1:1999",
    ROOM_TICKET_SECRET: secret,
    PORT: String(port),
  });
  const outcome = await Promise.race([server.printed("web: listening"), server.ended]);
  if (outcome !== undefined) throw new Error(`The web server ended\n${server.output()}`);
  const readiness = await readyOf(origin);
  const web = performance.now() - startedAt;
  const stages = [...server.output().matchAll(/^startup: .+ \((\d+) ms\)$/gm)];
  const sequence = stages.reduce((sum, [, ms]) => sum + Number(ms), 0);
  server.kill("SIGTERM");
  await server.ended;
  return { start: { engines: 0, web, sequence }, readiness };
}

async function readyOf(origin: string): Promise<Readiness> {
  for (;;) {
    const response = await fetch(`${origin}/readyz`).catch(() => null);
    const readiness = response ? ((await response.json()) as Readiness) : null;
    if (readiness?.status === "ready") return readiness;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
