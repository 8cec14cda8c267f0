/** `party/host/main.ts` without the stores' checks, for the scripted rooms. */

import { runHost } from "../../party/host/run-host";
import { roomVariables } from "../../party/host/variables";
import { end } from "../../party/host/verified-variables";
import { scriptedVariables } from "./scripted-variables";

const { env } = process;

await runHost({
  dataDir: env.NETRA_DATA_DIR ?? "",
  host: "127.0.0.1",
  port: Number(env.ROOMS_PORT),
  variables: { ...roomVariables(env), ...scriptedVariables(env) },
  bundle: process.argv[2] ?? "",
}).catch(end);
