/**
 * `npm start`: the production build on one machine: the compiled web server, and the rooms from their
 * built bundle in workerd.
 */
import { ROOMS_BUNDLE } from "../party/host/build-rooms";
import { answers } from "./processes";
import { startBuilt } from "./start-built";

const web = "build/index.js";

await startBuilt({
  files: [web, ROOMS_BUNDLE],
  command: "npm run build",
  processes: (context) => [
    {
      name: "rooms",
      command: process.execPath,
      args: ["--import", "tsx", "party/host/main.ts"],
      env: {
        ...context.env,
        NETRA_DATA_DIR: context.dataDir,
        ROOMS_HOST: context.roomsHost,
        ROOMS_PORT: String(context.roomsPort),
      },
      isReady: () => answers(`${context.here.rooms}/healthz`),
      readyWithinMs: 60_000,
    },
    {
      name: "web",
      command: process.execPath,
      args: ["--enable-source-maps", web],
      env: { ...context.env, NODE_ENV: "production" },
      isReady: () => answers(`${context.here.web}/healthz`),
      readyWithinMs: 120_000,
    },
  ],
});
