import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { neonConfig } from "@neondatabase/serverless";
import { WebSocket } from "ws";
import { type EngineOptions, type Engines, startEngines } from "../../db/embedded";

export interface TestEngines extends Engines {
  dataDir: string;
  lines: string[];
}

/** Real engines on a folder of their own, which goes away with them. */
export async function startTestEngines(
  options: Omit<EngineOptions, "dataDir">,
): Promise<TestEngines> {
  const dataDir = await temporaryFolder();
  const lines: string[] = [];
  const engines = await startEngines({ ...options, dataDir, log: (line) => lines.push(line) });
  return {
    ...engines,
    dataDir,
    lines,
    async stop() {
      await engines.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "netra-embedded-"));
}

/** What a client of a loopback endpoint sets, and nothing more. */
export function useLoopbackNeon(): void {
  neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`;
  neonConfig.wsProxy = (host, port) => `${host}:${port}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
  neonConfig.pipelineTLS = false;
  neonConfig.webSocketConstructor = WebSocket;
}

export function required(value: string | undefined): string {
  if (value === undefined) throw new Error("the engine did not yield this variable");
  return value;
}

/** Polls until `probe` answers true. */
export async function until(probe: () => Promise<boolean> | boolean, withinMs: number) {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not so within ${withinMs} ms`);
}
