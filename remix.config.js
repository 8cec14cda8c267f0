import { join } from "node:path";

/** Tests compile into folders of their own, beside a build in use. */
const target = process.env.NETRA_BUILD_DIR;

/**
 * The classic compiler. Single fetch and lazy route discovery stay off: their endpoints have unfixed
 * denial-of-service advisories.
 * @type {import("@remix-run/dev").AppConfig}
 */
export default {
  server: "./server.ts",
  serverBuildPath: target ? join(target, "index.js") : "build/index.js",
  assetsBuildDirectory: target ? join(target, "public") : "public/build",
  serverModuleFormat: "esm",
  serverPlatform: "node",
  // `#platform` and the other package imports are source files of this project.
  serverDependenciesToBundle: [/^#/],
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
