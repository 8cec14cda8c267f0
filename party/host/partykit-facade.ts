import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";

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

/** How everything is bundled that runs in workerd. No environment goes in: variables come as bindings. */
export const forWorkerd: BuildOptions = {
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
  legalComments: "none",
  logLevel: "warning",
};

/** PartyKit's facade with the rooms of a module put in its blanks, as its own bundler does. */
export async function facadeOf(entry: string): Promise<string> {
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
  return contents;
}

/** Modules that no file holds: their names, and the text of each. */
export function virtualModules(modules: Readonly<Record<string, string>>): Plugin {
  const names = Object.keys(modules).map((name) => name.replace(/[^\w:]/g, "\\$&"));
  return {
    name: "virtual-modules",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(${names.join("|")})$`) }, ({ path }) => ({
        path,
        namespace: "virtual",
      }));
      build.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => ({
        contents: modules[path] ?? "",
        resolveDir: process.cwd(),
        loader: "js",
      }));
    },
  };
}

/** PartyKit serves no files: the web server does, or the platform. */
export const noStaticAssets = {
  __STATIC_ASSETS_MANIFEST__: 'export default { devServer: "", assets: Object.create(null) };',
};
