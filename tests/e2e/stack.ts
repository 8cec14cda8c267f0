/**
 * The product under end-to-end test, as one process: a build and its start with embedded
 * engines in a folder of their own, signed in to by a real OpenID Connect provider. Prints one JSON
 * line when all answer; ends everything on SIGTERM.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { choosePort } from "../../scripts/ports";
import { startOidcProvider } from "../support/oidc-provider";
import { builds, target } from "./builds";
import type { Stack } from "./global-setup";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const { build: script, start } = builds[target];
const build = spawnSync(npm, ["run", script], { stdio: ["ignore", "inherit", "inherit"] });
if (build.status !== 0) process.exit(build.status ?? 1);

const dataDir = mkdtempSync(join(tmpdir(), "netra-e2e-"));
const port = await choosePort({}, "PORT", 4300);
const roomsPort = await choosePort({}, "ROOMS_PORT", 4400);
const appUrl = `http://127.0.0.1:${port}`;
const client = { clientId: "netra-e2e", clientSecret: "end-to-end-tests-only" };
const provider = await startOidcProvider({
  ...client,
  port: await choosePort({}, "OIDC_PORT", 4500),
  redirectUri: `${appUrl}/auth/oidc/callback`,
});

const product = spawn(process.execPath, ["--import", "tsx", start, "--embedded"], {
  stdio: ["ignore", "pipe", "inherit"],
  env: {
    ...process.env,
    NETRA_ENV: "production",
    NETRA_DATA_DIR: dataDir,
    PORT: String(port),
    ROOMS_PORT: String(roomsPort),
    APP_ORIGIN: appUrl,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: client.clientId,
    OIDC_CLIENT_SECRET: client.clientSecret,
    OPENAI_API_KEY: "",
  },
});
let stopping = false;
product.once("close", () => void stop(1));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(0));

await untilReady(product);
const stack: Stack = { appUrl };
console.log(JSON.stringify(stack));

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (!child.stdout) throw new Error("no output to read");
    createInterface({ input: child.stdout }).on("line", (line) => {
      console.log(line);
      if (line.startsWith("Netra is ready")) resolve();
    });
  });
}

async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (product.exitCode === null) {
    const closed = new Promise((resolve) => product.once("close", resolve));
    product.kill("SIGTERM");
    await closed;
  }
  await provider.stop();
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(exitCode);
}
