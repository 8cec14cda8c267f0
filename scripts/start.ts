/**
 * `npm start`: the production build on one machine: the compiled web server, and the rooms from their
 * built bundle in workerd. Engines by URL; with `--embedded` those without a URL are embedded.
 */
import { existsSync } from "node:fs";
import { answers } from "./processes";
import { runProduct } from "./run-product";

if (existsSync(".env")) process.loadEnvFile(".env");
if (!existsSync("build/index.js") || !existsSync("build/rooms/worker.js")) {
  console.error("There is no production build. Run `npm run build` first.");
  process.exit(1);
}

await runProduct({
  environment: null,
  embed: process.argv.includes("--embedded") || process.env.NETRA_EMBEDDED === "1",
  print: (name, line) => console.log(`[${name}] ${line}`),
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
      isReady: () => answers(context.roomsUrl),
      readyWithinMs: 60_000,
    },
    {
      name: "web",
      command: process.execPath,
      args: ["--enable-source-maps", "build/index.js"],
      env: { ...context.env, NODE_ENV: "production" },
      isReady: () => answers(`${context.appOrigin}/healthz`),
      readyWithinMs: 120_000,
    },
  ],
});
