import { join } from "node:path";
import { buildRooms } from "../../../party/host/build-rooms";
import { buildEdgeWith } from "../../support/web-server";

const ENTRY = "tests/bench/rooms/bench-rooms.ts";

/** What runs the rooms of the bench in workerd. */
export interface Hosting {
  /** Resolves to what its program is started with. What it leaves outside the folder goes away on `onEnd`. */
  build(folder: string, onEnd: (step: () => unknown) => void): Promise<string>;
  main: string;
}

/** Beside the web server, as `npm start` runs them. */
export const roomsAlone: Hosting = {
  async build(folder) {
    const outfile = join(folder, "worker.js");
    await buildRooms({ entry: ENTRY, outfile });
    return outfile;
  },
  main: "party/host/main.ts",
};

/** In the deployable unit, with the app. */
export const withTheApp: Hosting = {
  async build(_folder, onEnd) {
    const { folder, remove } = await buildEdgeWith(ENTRY);
    onEnd(remove);
    return folder;
  },
  main: "party/host/edge-main.ts",
};
