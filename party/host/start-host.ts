import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ROOMS_BUNDLE } from "./build-rooms";
import { type Address, inWorkerd, type RunningWorker } from "./in-workerd";

export interface HostOptions extends Address {
  /** The folder that holds `rooms/`, where every room's storage stands. */
  dataDir: string;
  /** What the rooms read as their environment. */
  variables: Readonly<Record<string, string>>;
  bundle?: string;
  print?: (line: string) => void;
}

/** The rooms, running. */
export type RoomHost = RunningWorker;

/**
 * Runs the built rooms in workerd on this machine.
 * @throws when there is no bundle, the port is taken or the bundle does not start
 */
export async function startHost(options: HostOptions): Promise<RoomHost> {
  const { dataDir, variables, print = console.log } = options;
  const script = await readFile(resolve(options.bundle ?? ROOMS_BUNDLE), "utf8");
  const bindings = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`pkvar-${name}`, value]),
  );
  return inWorkerd(
    options,
    {
      modules: true,
      script,
      bindings: { ...bindings, PARTYKIT_CRONS: {} },
      durableObjects: { PARTYKIT_DURABLE: "PartyKitDurable" },
    },
    { storage: join(resolve(dataDir), "rooms"), print },
  );
}
