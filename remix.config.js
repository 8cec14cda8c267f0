/**
 * The classic compiler. Single fetch and lazy route discovery stay off: their endpoints have unfixed
 * denial-of-service advisories.
 * @type {import("@remix-run/dev").AppConfig}
 */
export default {
  server: "./server.ts",
  serverBuildPath: "build/index.js",
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
