import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium, type LaunchOptions } from "@playwright/test";

// The first draws no window of its own: tests end sooner.
const SYSTEM_BROWSERS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Flags that keep the browser off the network and let it run as root and without a GPU. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * How to launch Chromium: the system's if there is one, else Playwright's own, fetched now if need be.
 * @throws with the one command that provides a browser when neither can be had.
 */
export function chromiumLaunch(): LaunchOptions {
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (system) return { executablePath: system, args: QUIET };
  if (existsSync(chromium.executablePath())) return { args: QUIET };
  const { status } = spawnSync("node_modules/.bin/playwright", ["install", "chromium"], {
    stdio: "inherit",
  });
  if (status === 0 && existsSync(chromium.executablePath())) return { args: QUIET };
  throw new Error(
    "The end-to-end tests need Chromium and could not fetch it. Run: sudo apt-get install -y chromium",
  );
}
