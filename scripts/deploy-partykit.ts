/**
 * `npm run deploy:partykit`: app and rooms to PartyKit's own service. Says what is missing before it starts;
 * `-- --dry-run` stops after that. Reads the environment, and `.env.production` where it exists.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { prepareStores, readConfig } from "../db/startup";
import { edgeParts } from "../party/host/build-edge";
import { deploymentOf } from "../party/host/deployment";
import { COMPATIBILITY_DATE } from "../party/host/in-workerd";

const { values: options } = parseArgs({
  options: { "dry-run": { type: "boolean" }, name: { type: "string", default: "netra" } },
});
if (existsSync(".env.production")) process.loadEnvFile(".env.production");

try {
  const { config, secrets, wrangler } = readConfig(() => deploymentOf(process.env, options.name));
  const missing = [
    existsSync(edgeParts().partykit) ? [] : ["There is no build: run `npm run build:edge`."],
    ["PARTYKIT_LOGIN", "PARTYKIT_TOKEN"]
      .filter((name) => !process.env[name])
      .map((name) => `${name} is not set: \`npx partykit token generate\` tells both.`),
  ].flat();
  if (missing.length > 0) throw new Error(missing.join("\n"));
  const variables = { ...Object(wrangler.vars), ...secrets } as Record<string, string>;
  console.log(`project ${options.name} for ${config.APP_ORIGIN}, environment ${config.NETRA_ENV}`);
  console.log(`variables: ${Object.keys(variables).join(", ")}`);
  if (options["dry-run"]) process.exit(0);
  await prepareStores(process.env, { log: console.log });
  const { status } = spawnSync(
    "node_modules/.bin/partykit",
    [
      ...["deploy", edgeParts().partykit, "--name", options.name, "--with-vars"],
      ...["--serve", edgeParts().assets],
      ...["--compatibility-date", COMPATIBILITY_DATE],
    ],
    // Not as arguments, which anyone on this machine can read.
    { stdio: "inherit", env: { ...process.env, PARTYKIT_VARS: JSON.stringify(variables) } },
  );
  process.exit(status ?? 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
