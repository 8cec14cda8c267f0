/** `party/host/main.ts` without the stores' checks: scripted rooms use no store. */
import { roomVariables } from "../../party/host/room-variables";
import { runHost } from "../../party/host/run-host";
import { end } from "../../party/host/verified-variables";

const { env } = process;

await runHost({
  dataDir: env.NETRA_DATA_DIR ?? "",
  host: "127.0.0.1",
  port: Number(env.ROOMS_PORT),
  variables: roomVariables(env),
  bundle: process.argv[2] ?? "",
}).catch(end);
