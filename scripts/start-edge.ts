/**
 * `npm run start:edge`: the worker of `npm run build:edge` in workerd on this machine: the very module and
 * files that a deploy uploads.
 */
import { edgeParts } from "../party/host/build-edge";
import { answers } from "./processes";
import { startBuilt } from "./start-built";

await startBuilt({
  files: [edgeParts().worker],
  command: "npm run build:edge",
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
      isReady: () => answers(`${context.here.web}/healthz`),
      readyWithinMs: 60_000,
    },
  ],
});
