/** `npm run build`: the compiled web server and client (Remix) and the rooms' bundle, side by side in build/. */
import { spawnSync } from "node:child_process";
import { buildRooms } from "../party/host/build-rooms";

const { status } = spawnSync("node_modules/.bin/remix", ["build"], {
  stdio: "inherit",
  env: { ...process.env, NODE_ENV: "production" },
});
if (status !== 0) process.exit(status ?? 1);
await buildRooms();
