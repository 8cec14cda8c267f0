import { join, resolve } from "node:path";
import { guardedWorkerdEnv } from "./guarded-workerd";
import { roomVariables } from "./variables";

export interface DevRoomsOptions {
  env: NodeJS.ProcessEnv;
  /** Room storage goes to `rooms-dev/` in it. */
  dataDir: string;
  roomsHost: string;
  roomsPort: number;
}

export interface DevRoomsCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * How to run the rooms under `npm run dev`, to be started in the project's root in a process group
 * of its own: reloads on every saved change, answers on roomsHost:roomsPort.
 */
export function devRooms({ env, dataDir, roomsHost, roomsPort }: DevRoomsOptions): DevRoomsCommand {
  return {
    command: process.execPath,
    args: ["--import", "tsx", "party/host/dev-main.ts"],
    env: {
      ...env,
      NETRA_DATA_DIR: dataDir,
      ROOMS_HOST: roomsHost,
      ROOMS_PORT: String(roomsPort),
    },
  };
}

/** The `partykit dev` behind it. Variables go by the environment: arguments can be read by anyone. */
export function partykitDev(env: NodeJS.ProcessEnv): DevRoomsCommand {
  const persist = join(resolve(env.NETRA_DATA_DIR || ".netra"), "rooms-dev");
  const port = env.ROOMS_PORT || "1999";
  return {
    command: process.execPath,
    args: [
      resolve("node_modules/partykit/dist/bin.mjs"),
      ...["dev", "--port", port, "--persist", persist],
      ...["--no-hotkeys", "--disable-request-cf-fetch"],
    ],
    env: {
      ...env,
      ...guardedWorkerdEnv(),
      HOST: env.ROOMS_HOST || "127.0.0.1",
      // Read by the patched PartyKit instead of any .env, which it would bake into the bundle.
      PARTYKIT_VARS: JSON.stringify(roomVariables(env)),
      NO_UPDATE_NOTIFIER: "1",
    },
  };
}
