import { afterAll } from "vitest";
import { buildEdgeWith } from "../support/web-server";
import { testKills } from "./kill-scenes";

let build: Awaited<ReturnType<typeof buildEdgeWith>> | undefined;
afterAll(() => build?.remove());

testKills({
  name: "the worker for the edge",
  async build() {
    build = await buildEdgeWith("tests/host/scripted-rooms.ts");
    return build.folder;
  },
  main: "tests/host/scripted-edge-main.ts",
  share: { named: 2, random: 1 },
});
