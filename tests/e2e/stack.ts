/**
 * The products under end-to-end test, as one process: the builds and their starts side by side on the same
 * embedded engines in a folder of their own, signed in to by a real OpenID Connect provider. Prints one JSON
 * line when all answer; ends everything on SIGTERM.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type EngineEnvironment, startEngines } from "../../db/embedded";
import { startOidcProvider } from "../support/oidc-provider";
import { freePort } from "../support/web-server";
import type { Stack } from "./global-setup";
import { builds, type Target, targets } from "./targets";

const client = { clientId: "netra-e2e", clientSecret: "end-to-end-tests-only" };
const dataDir = mkdtempSync(join(tmpdir(), "netra-e2e-"));
// PostgreSQL's own user has to come through.
chmodSync(dataDir, 0o711);
const cleaning: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })];
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(0));

const [engines, products] = await Promise.all([
  startEngines({ dataDir: join(dataDir, "engines") }),
  Promise.all(targets.map(placed)),
  ...targets.map(build),
]);
cleaning.push(() => engines.stop());
const provider = await startOidcProvider({
  ...client,
  redirectUris: products.map(({ appUrl }) => `${appUrl}/auth/oidc/callback`),
});
cleaning.push(() => provider.stop());
await Promise.all(products.map((product) => start(product, engines.env)));
const stack: Stack = Object.fromEntries(products.map(({ target, appUrl }) => [target, { appUrl }]));
console.log(JSON.stringify(stack));

async function build(target: Target): Promise<void> {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const child = spawn(npm, ["run", builds[target].script], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (status !== 0) process.exit(status ?? 1);
}

interface Product {
  target: Target;
  port: number;
  appUrl: string;
}

async function placed(target: Target): Promise<Product> {
  const port = await freePort();
  return { target, port, appUrl: `http://127.0.0.1:${port}` };
}

/** Resolves when it answers. */
function start({ target, port, appUrl }: Product, engineUrls: EngineEnvironment): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", builds[target].start], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      ...engineUrls,
      NETRA_ENV: "production",
      NETRA_DATA_DIR: join(dataDir, target),
      PORT: String(port),
      APP_ORIGIN: appUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: client.clientId,
      OIDC_CLIENT_SECRET: client.clientSecret,
      OPENAI_API_KEY: "",
    },
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // One that ends by itself ends the tests.
  void closed.then(() => stop(1));
  cleaning.push(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      console.log(`${target}: ${line}`);
      if (line.startsWith("Netra is ready")) resolve();
    });
  });
}

async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const step of cleaning.reverse()) await step();
  process.exit(exitCode);
}
