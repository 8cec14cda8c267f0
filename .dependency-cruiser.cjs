/**
 * The import rules of docs/architecture.md: who may import whom. Each folder lists what it may reach;
 * everything else inside the project is forbidden.
 */
const PROJECT = "^(app|party|db|scripts|tests|server\\.ts)";

/** @param {string} folder @param {string[]} allowed */
function mayImportOnly(folder, allowed) {
  return {
    name: `${folder.replace(/[\\^$]/g, "")} imports only what the table allows`,
    severity: "error",
    from: { path: folder },
    to: { path: PROJECT, pathNot: allowed },
  };
}

/** Packages a folder may use; node built-ins are judged by their own rule. */
function mayUseOnlyPackages(folder, packages) {
  return {
    name: `${folder.replace(/[\\^$]/g, "")} uses only the packages the table allows`,
    severity: "error",
    from: { path: folder },
    to: {
      path: "node_modules/",
      pathNot: packages.map((name) => `node_modules/${name}/`),
    },
  };
}

module.exports = {
  forbidden: [
    {
      name: "no cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: ["^cloudflare:", "^netra:", "^partykit/server$"] },
    },

    mayImportOnly("^party/protocol/", ["^party/protocol/"]),
    mayUseOnlyPackages("^party/protocol/", ["zod"]),
    mayImportOnly("^party/analysis/", [
      "^party/analysis/",
      "^party/protocol/",
      "^db/prices/",
      "^db/call-query/",
    ]),
    mayUseOnlyPackages("^party/analysis/", ["zod"]),
    mayImportOnly("^party/ports/", ["^party/ports/", "^party/protocol/", "^party/analysis/"]),
    mayUseOnlyPackages("^party/ports/", ["zod"]),
    mayImportOnly("^party/agents/", [
      "^party/agents/",
      "^party/ports/",
      "^party/protocol/",
      "^party/analysis/",
    ]),
    mayUseOnlyPackages("^party/agents/", ["zod"]),
    mayImportOnly("^party/room/", [
      "^party/room/",
      "^party/agents/",
      "^party/ports/",
      "^party/protocol/",
    ]),
    mayUseOnlyPackages("^party/room/", ["zod", "jose"]),
    mayImportOnly("^party/adapters/", [
      "^party/adapters/",
      "^party/ports/",
      "^party/protocol/",
      "^party/analysis/",
      "^db/",
    ]),
    mayImportOnly("^party/(server|compose|edge|edge-worker)\\.ts$", ["^party/", "^db/"]),
    mayImportOnly("^party/cli/", ["^party/", "^db/"]),
    mayImportOnly("^party/host/", [
      "^party/host/",
      "^party/protocol/",
      "^party/schedule\\.ts$",
      "^db/",
    ]),
    mayImportOnly("^db/", ["^db/"]),
    mayImportOnly("^app/", ["^app/", "^party/protocol/", "^party/analysis/", "^db/"]),
    mayImportOnly("^server\\.ts$", ["^app/", "^db/"]),

    {
      name: "the analysis reaches the app only in .server files",
      severity: "error",
      from: { path: "^app/", pathNot: "\\.server\\.tsx?$" },
      to: { path: "^party/analysis/" },
    },
    {
      name: "code of the app that reaches the browser imports no .server file and no database",
      severity: "error",
      from: { path: "^app/(chat|insights|datasets|ui)/", pathNot: "\\.server\\.tsx?$" },
      to: {
        path: ["^db/", "\\.server\\.tsx?$"],
        // Exact sums of money, by themselves.
        pathNot: "^db/prices/money\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "only app/platform imports a Remix runtime",
      severity: "error",
      from: { path: "^app/", pathNot: "^app/platform/" },
      to: { path: "node_modules/@remix-run/(node|express|cloudflare)/" },
    },
    {
      name: "runtime-neutral code uses no Node built-in",
      severity: "error",
      from: {
        path: "^(app|party|db)/",
        pathNot: [
          "^app/platform/(node|worker)\\.ts$",
          "^app/entry\\.server\\.node\\.tsx$",
          "^party/(host|cli)/",
          "^db/embedded/",
          "^db/startup/",
          "^db/clickhouse/migration-files\\.ts$",
          "^db/clickhouse/driver\\.node\\.ts$",
          "^db/postgres/socket\\.node\\.ts$",
        ],
      },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^build/", "^public/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
