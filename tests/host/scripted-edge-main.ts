/** `party/host/edge-main.ts` without the stores' checks, for a unit with the scripted rooms in it. */

import { liveAndDieWith } from "../../party/host/run-host";
import { startEdge } from "../../party/host/start-edge";
import { workerVariables } from "../../party/host/variables";
import { end } from "../../party/host/verified-variables";
import { scriptedVariables } from "./scripted-variables";

const { env } = process;

try {
  const worker = await startEdge({
    dataDir: env.NETRA_DATA_DIR ?? "",
    host: "127.0.0.1",
    port: Number(env.PORT),
    variables: { ...workerVariables(env), ...scriptedVariables(env) },
    folder: process.argv[2] ?? "",
  });
  liveAndDieWith(worker);
  console.log(`edge worker ready on ${worker.url}`);
} catch (error) {
  end(error);
}
