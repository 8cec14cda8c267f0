import { join } from "node:path";

/** Tests compile into folders of their own, beside a build in use. */
const target = process.env.NETRA_BUILD_DIR;
const edge = target ?? "build/edge";

/** One app for two platforms: `edge` compiles it for a worker (scripts/build-edge.ts), else for Node. */
const platform =
  process.env.NETRA_PLATFORM === "edge"
    ? {
        server: "./app/platform/edge-server.ts",
        serverBuildPath: join(edge, "app/index.js"),
        assetsBuildDirectory: join(edge, "assets/build"),
        serverPlatform: "neutral",
        serverConditions: ["workerd", "worker", "browser"],
        serverMainFields: ["browser", "module", "main"],
        // Packages are bundled once for app and rooms together; `#…` are source files of this project.
        serverDependenciesToBundle: [/^#/],
      }
    : {
        server: "./server.ts",
        serverBuildPath: target ? join(target, "index.js") : "build/index.js",
        assetsBuildDirectory: target ? join(target, "public") : "public/build",
        serverPlatform: "node",
        // `#platform` and the other package imports are source files of this project.
        serverDependenciesToBundle: [/^#/],
      };

/**
 * The classic compiler. Single fetch and lazy route discovery stay off: their endpoints have unfixed
 * denial-of-service advisories.
 * @type {import("@remix-run/dev").AppConfig}
 */
export default {
  ...platform,
  serverModuleFormat: "esm",
  ignoredRouteFiles: ["**/.*", "**/*.test.{ts,tsx}"],
  watchPaths: ["./db", "./party/protocol", "./party/analysis"],
  tailwind: false,
  postcss: true,
  future: {
    v3_fetcherPersist: true,
    v3_relativeSplatPath: true,
    v3_throwAbortReason: true,
    v3_routeConfig: false,
    v3_singleFetch: false,
    v3_lazyRouteDiscovery: false,
  },
};
