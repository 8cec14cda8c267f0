/** What scripts/build-edge.ts puts in when it bundles the worker; see party/edge.ts. */

/** The compiled app: app/platform/edge-server.ts. */
declare module "netra:app" {
  export interface EdgeHost {
    env: Record<string, unknown>;
    rooms: (path: string, init: RequestInit) => Promise<Response>;
    migrations: unknown;
  }
  export function handle(
    request: Request,
    host: EdgeHost,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<Response>;
  export function keepGoing(host: EdgeHost): Promise<void>;
}

/** The class of the rooms: party/server.ts. */
declare module "netra:rooms" {
  const rooms: typeof import("./server").default;
  export default rooms;
}

/** Names and checksums of this version's migrations: KnownMigrations of db/startup/standing.ts. */
declare module "netra:migrations" {
  const migrations: unknown;
  export default migrations;
}

/** PartyKit's facade around party/edge.ts. */
declare module "netra:partykit" {
  export class PartyKitDurable {
    constructor(state: unknown, env: Record<string, unknown>);
  }
  const facade: {
    fetch(request: Request, env: Record<string, unknown>, context: unknown): Promise<Response>;
    scheduled(controller: unknown, env: Record<string, unknown>, context: unknown): Promise<void>;
  };
  export default facade;
}
