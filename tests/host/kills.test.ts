import { join } from "node:path";
import { buildRooms } from "../../party/host/build-rooms";
import { testKills } from "./kill-scenes";

testKills({
  name: "the rooms",
  async build(folder) {
    const outfile = join(folder, "worker.js");
    await buildRooms({ entry: "tests/host/scripted-rooms.ts", outfile });
    return outfile;
  },
  share: { named: 6, random: 3 },
});
