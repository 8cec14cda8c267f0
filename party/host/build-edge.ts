import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { readMigrations } from "../../db/startup/migration-files";
import { facadeOf, forWorkerd, noStaticAssets, virtualModules } from "./partykit-facade";

/** Where `npm run build:edge` leaves the deployable unit. */
export const EDGE_FOLDER = "build/edge";

/** The parts of the deployable unit: one module, the files that the platform serves, and the app that goes in. */
export function edgeParts(folder = EDGE_FOLDER) {
  return {
    worker: join(folder, "worker.js"),
    assets: join(folder, "assets"),
    /** The same without PartyKit's facade, which its own service adds. */
    partykit: join(folder, "partykit.js"),
    /** Where `NETRA_PLATFORM=edge remix build` leaves the compiled app. */
    app: join(folder, "app"),
  };
}

export interface BuildEdgeOptions {
  /** Holds the compiled app, and gets the unit. */
  folder?: string;
  /** The module whose default export is the class of the rooms. */
  rooms?: string;
  /** What else changes the bundle. */
  plugins?: readonly Plugin[];
}

/**
 * Bundles the compiled app, the rooms and PartyKit's facade into one minified module, and the same without
 * the facade for PartyKit's service. What the migration
 * files are called and their checksums go in, so that the worker can tell a database that is behind or ahead.
 * @throws esbuild's BuildFailure
 */
export async function buildEdgeWorker({
  folder = EDGE_FOLDER,
  rooms = "party/server.ts",
  plugins = [],
}: BuildEdgeOptions = {}): Promise<void> {
  const { worker, partykit, app } = edgeParts(folder);
  const { postgres, clickhouse } = await readMigrations();
  const migrations = {
    postgres: postgres.map(({ name, checksum, generatedAt }) => ({ name, checksum, generatedAt })),
    clickhouse: clickhouse.map(({ name, checksum }) => ({ name, checksum })),
  };
  const modules = {
    ...noStaticAssets,
    "netra:app": `export * from ${JSON.stringify(resolve(app, "index.js"))};`,
    "netra:rooms": `export { default } from ${JSON.stringify(resolve(rooms))};`,
    "netra:migrations": `export default ${JSON.stringify(migrations)};`,
    "netra:partykit": await facadeOf("party/edge.ts"),
  };
  const bundle = (entry: string, outfile: string) =>
    build({
      ...forWorkerd,
      entryPoints: [entry],
      outfile: resolve(outfile),
      plugins: [virtualModules(modules), ...plugins],
      minify: true,
    });
  await Promise.all([bundle("party/edge-worker.ts", worker), bundle("party/edge.ts", partykit)]);
  await rm(app, { recursive: true });
}
