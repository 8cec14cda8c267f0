import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readNote } from "../../db/embedded/lock";
import { createDatabase, type Database } from "../../db/postgres";
import { childrenOf, commandOf } from "../support/linux-processes";
import { type ModelServer, startModelServer } from "../support/model-server";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import { freePort } from "../support/web-server";
import { builds, type Target } from "./targets";

/** What `kill` can end. */
export type Victim = "web" | "rooms" | "edge" | "postgres" | "clickhouse";

/** A product for tests that break it: the build of global-setup with engines and a model of its own. */
export interface OwnProduct {
  appUrl: string;
  model: ModelServer;
  /** Between the browser and the rooms. */
  network: TcpProxy;
  /** Its record, as it is now. */
  record(): Database;
  /** `kill -9`. Linux only. */
  kill(victim: Victim): void;
  stop(): Promise<void>;
}

/** In the environment `development`, where anybody is signed in and the demo dataset is there. */
export async function startOwnProduct(target: Target): Promise<OwnProduct> {
  const dataDir = mkdtempSync(join(tmpdir(), "netra-e2e-own-"));
  const [port, roomsPort] = [await freePort(), await freePort()];
  const behind = target === "edge" ? port : roomsPort;
  const [model, network] = [await startModelServer(), await startTcpProxy(behind)];
  const appUrl = `http://127.0.0.1:${port}`;
  const product = spawn(process.execPath, ["--import", "tsx", builds[target].start, "--embedded"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NETRA_ENV: "development",
      NETRA_DATA_DIR: dataDir,
      PORT: String(port),
      ROOMS_PORT: String(roomsPort),
      ROOMS_URL: `http://127.0.0.1:${network.port}`,
      APP_ORIGIN: appUrl,
      OPENAI_API_KEY: "test-key",
      OPENAI_BASE_URL: model.url,
      OPENAI_MODEL: "test-model",
    },
  });
  const closed = new Promise<number | null>((resolve) => product.once("close", resolve));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: product.stdout }).on("line", (line) => {
      if (line.startsWith("Netra is ready")) resolve();
    });
  });
  await Promise.race([
    ready,
    closed.then((code) => Promise.reject(new Error(`the product ended with ${code}`))),
  ]);
  const processes = (): Array<{ name: string; pid: number }> =>
    JSON.parse(readFileSync(join(dataDir, "processes.json"), "utf8"));
  const pidOf = (victim: Victim): number | undefined => {
    switch (victim) {
      case "web":
      case "rooms":
      case "edge":
        return processes().find(({ name }) => name === victim)?.pid;
      case "postgres":
        return Number(
          readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0],
        );
      case "clickhouse":
        return childrenOf(product.pid ?? -1).find((pid) =>
          commandOf(pid).includes("clickhouse-child"),
        );
    }
  };
  return {
    appUrl,
    model,
    network,
    record() {
      const note = readNote(dataDir)?.note as { env: Record<string, string> };
      return createDatabase({ DATABASE_URL: note.env.DATABASE_URL ?? "" });
    },
    kill(victim) {
      const pid = pidOf(victim);
      if (!pid) throw new Error(`no process of ${victim}`);
      process.kill(pid, "SIGKILL");
    },
    async stop() {
      product.kill("SIGTERM");
      await closed;
      await Promise.all([model.stop(), network.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
