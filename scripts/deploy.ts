/**
 * `npm run deploy`: the worker of `npm run build:edge` to one's own Cloudflare account: first the stores are
 * migrated, as a worker has no phase before serving, then worker, files, variables and secrets go up in one
 * step. `-- --dry-run` shows all of it and touches nothing; `-- --name NAME` is the worker's name (netra).
 * Reads the environment, and `.env.production` where it exists.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareStores, readConfig, StartupError } from "../db/startup";
import { EDGE_FOLDER, edgeParts } from "../party/host/build-edge";
import { type Deployment, deploymentOf } from "../party/host/deployment";

const { values: options } = parseArgs({
  options: { "dry-run": { type: "boolean" }, name: { type: "string", default: "netra" } },
});
const dryRun = options["dry-run"] ?? false;
if (existsSync(".env.production")) process.loadEnvFile(".env.production");

try {
  const deployment = readConfig(() => deploymentOf(process.env, options.name));
  const missing = [
    existsSync(edgeParts().worker) ? [] : ["There is no build: run `npm run build:edge`."],
    dryRun ? [] : account(),
  ].flat();
  if (missing.length > 0) end(missing.join("\n"), 1);
  announce(deployment);
  if (!dryRun) await prepareStores(process.env, { log: console.log });
  process.exit(upload(deployment));
} catch (error) {
  end(error instanceof Error ? error.message : String(error), exitCodeOf(error));
}

/** What wrangler needs to know whose account it is. */
function account(): string[] {
  return ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"]
    .filter((name) => !process.env[name])
    .map((name) => `${name} is not set: wrangler needs it to reach your account.`);
}

function announce({ config, wrangler, secrets }: Deployment): void {
  console.log(`worker ${options.name} for ${config.APP_ORIGIN}, environment ${config.NETRA_ENV}`);
  console.log("Durable Object Room (binding ROOMS), one for each thread");
  console.log(`variables: ${Object.keys(wrangler.vars ?? {}).join(", ")}`);
  console.log(`secrets: ${Object.keys(secrets).join(", ")}`);
}

/** One upload of everything. Secrets go by a file that nobody else can read and that does not stay. */
function upload({ wrangler, secrets }: Deployment): number {
  const folder = mkdtempSync(join(tmpdir(), "netra-deploy-"));
  try {
    const secretsFile = join(folder, "secrets.json");
    writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
    const config = resolve(EDGE_FOLDER, "wrangler.json");
    writeFileSync(config, JSON.stringify(wrangler, null, 2));
    const more = dryRun ? ["--dry-run"] : ["--secrets-file", secretsFile];
    const { status } = spawnSync(
      "node_modules/.bin/wrangler",
      ["deploy", "--config", config, ...more],
      { stdio: "inherit", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
    );
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function exitCodeOf(error: unknown): number {
  return error instanceof StartupError ? error.exitCode : 1;
}

function end(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}
