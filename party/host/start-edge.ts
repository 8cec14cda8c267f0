import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { edgeParts } from "./build-edge";
import { inWorkerd, type RunningWorker } from "./in-workerd";
import type { HostOptions } from "./start-host";

export interface EdgeOptions extends Omit<HostOptions, "bundle"> {
  /** Where the unit was built; by default where `npm run build:edge` leaves it. */
  folder?: string;
}

/**
 * Runs the deployable unit in workerd on this machine: the same worker.js and files that a deploy uploads.
 * @throws when it was not built, the port is taken or it does not start
 */
export async function startEdge(options: EdgeOptions): Promise<RunningWorker> {
  const { dataDir, variables, print = console.log } = options;
  const { worker, assets } = edgeParts(options.folder);
  return inWorkerd(
    options,
    {
      name: "netra",
      modules: [{ type: "ESModule", path: "worker.js", contents: await readFile(worker, "utf8") }],
      bindings: { ...variables },
      durableObjects: { ROOMS: { className: "Room", useSQLite: true } },
      assets: {
        directory: resolve(assets),
        binding: "ASSETS",
        routerConfig: { has_user_worker: true },
      },
    },
    { storage: join(resolve(dataDir), "edge"), print },
  );
}
