import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { build } from "esbuild";
import { facadeOf, forWorkerd, noStaticAssets, virtualModules } from "./partykit-facade";

export interface BuildRoomsOptions {
  /** The module whose default export is the PartyKit class. */
  entry?: string;
  /** Where the bundle goes: one ES module that workerd runs as it is. */
  outfile?: string;
  minify?: boolean;
}

/** Where `npm run build` leaves the rooms and where the host looks for them. */
export const ROOMS_BUNDLE = "build/rooms/worker.js";

/**
 * Bundles the rooms together with PartyKit's own facade (`dist/generated.js`) into one module. Paths are
 * relative to the current directory.
 * @throws esbuild's BuildFailure
 */
export async function buildRooms({
  entry = "party/server.ts",
  outfile = ROOMS_BUNDLE,
  minify = false,
}: BuildRoomsOptions = {}): Promise<void> {
  const target = resolve(outfile);
  await mkdir(dirname(target), { recursive: true });
  await build({
    ...forWorkerd,
    stdin: { contents: await facadeOf(entry), resolveDir: process.cwd(), loader: "js" },
    outfile: target,
    plugins: [virtualModules(noStaticAssets)],
    keepNames: true,
    minify,
  });
}
