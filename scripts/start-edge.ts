/**
 * `npm run start:edge`: the worker of `npm run build:edge` in workerd on this machine: the very module and
 * files that a deploy uploads. Engines by URL; with `--embedded` those without a URL are embedded.
 */
import { existsSync } from "node:fs";
import { edgeParts } from "../party/host/build-edge";
import { answers } from "./processes";
import { runProduct } from "./run-product";

if (existsSync(".env")) process.loadEnvFile(".env");
if (!existsSync(edgeParts().worker)) {
  console.error("There is no build for the edge. Run `npm run build:edge` first.");
  process.exit(1);
}

await runProduct({
  environment: null,
  embed: process.argv.includes("--embedded") || process.env.NETRA_EMBEDDED === "1",
  print: (name, line) => console.log(`[${name}] ${line}`),
  processes: (context) => [
    {
      name: "edge",
      command: process.execPath,
      args: ["--import", "tsx", "party/host/edge-main.ts"],
      env: {
        ...context.env,
        NETRA_DATA_DIR: context.dataDir,
        // The rooms are on the app's own origin.
        ROOMS_URL: process.env.ROOMS_URL || context.appOrigin,
      },
      isReady: () => answers(`${context.appOrigin}/healthz`),
      readyWithinMs: 60_000,
    },
  ],
});
