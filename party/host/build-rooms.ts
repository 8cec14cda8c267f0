import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";

export interface BuildRoomsOptions {
  /** The module whose default export is the PartyKit class. */
  entry?: string;
  /** Where the bundle goes: one ES module that workerd runs as it is. */
  outfile?: string;
  minify?: boolean;
}

/** Where `npm run build` leaves the rooms and where the host looks for them. */
export const ROOMS_BUNDLE = "build/rooms/worker.js";

/** Built-ins that workerd serves; packages name some of them without `node:`. */
const bareBuiltins = [
  "assert",
  "async_hooks",
  "buffer",
  "crypto",
  "events",
  "path",
  "stream",
  "util",
];

/**
 * Bundles the rooms together with PartyKit's own facade (`dist/generated.js`) into one module. No
 * environment goes in: variables come as bindings when it is started. Paths are relative to the
 * current directory.
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
    ...(await facade(entry)),
    outfile: target,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["partykit", "workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["node:*", "cloudflare:*"],
    alias: Object.fromEntries(bareBuiltins.map((name) => [name, `node:${name}`])),
    define: {
      PARTYKIT_HOST: '""',
      PARTYKIT_API_BASE: '""',
      "process.env.NODE_ENV": '"production"',
    },
    plugins: [noStaticAssets],
    keepNames: true,
    minify,
    legalComments: "none",
    logLevel: "warning",
  });
}

/** PartyKit's facade with the rooms put in its blanks, as its own bundler does. */
async function facade(entry: string): Promise<Pick<BuildOptions, "stdin">> {
  // The package exports neither its facade nor its package.json, but this file beside them.
  const neighbour = createRequire(import.meta.url).resolve("partykit/rdt-mock.js");
  const source = await readFile(join(dirname(neighbour), "dist", "generated.js"), "utf8");
  const blanks: Record<string, string> = {
    __WORKER__: resolve(entry),
    __R2_BINDINGS__: "[]",
    __KV_BINDINGS__: "[]",
    __PARTIES__: "",
  };
  let contents = source;
  for (const [blank, filling] of Object.entries(blanks)) {
    if (!contents.includes(blank)) throw new Error(`PartyKit's facade has no ${blank}`);
    contents = contents.replace(blank, () => filling);
  }
  return { stdin: { contents, resolveDir: process.cwd(), loader: "js" } };
}

/** The rooms serve no files: the web server does. */
const noStaticAssets = {
  name: "no-static-assets",
  setup(build: Parameters<NonNullable<BuildOptions["plugins"]>[number]["setup"]>[0]) {
    build.onResolve({ filter: /^__STATIC_ASSETS_MANIFEST__$/ }, ({ path }) => ({
      path,
      namespace: "no-static-assets",
    }));
    build.onLoad({ filter: /.*/, namespace: "no-static-assets" }, () => ({
      contents: 'export default { devServer: "", assets: Object.create(null) };',
    }));
  },
};
