import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildEdgeWorker } from "../../party/host/build-edge";

/** The compiled web server. */
export interface WebBuild {
  entry: string;
}

/** Compiles the app as `npm run build` does, in a folder of its own so that builds do not meet; takes seconds. */
export async function buildWeb(): Promise<WebBuild & { remove(): void }> {
  const { folder, remove } = await compileApp();
  return { entry: join(folder, "index.js"), remove };
}

/** The unit of `npm run build:edge` with other rooms in it, in a folder of its own; takes seconds. */
export async function buildEdgeWith(rooms: string) {
  const { folder, remove } = await compileApp({ NETRA_PLATFORM: "edge" });
  await buildEdgeWorker({ folder, rooms });
  return { folder, remove };
}

/** What the compiler makes of the app, in a folder of its own. */
export async function compileApp(env: Record<string, string> = {}) {
  // Inside the project, where the compiled server finds its packages.
  mkdirSync(".cache", { recursive: true });
  const folder = resolve(mkdtempSync(join(".cache", "web-")));
  await promisify(execFile)("node_modules/.bin/remix", ["build"], {
    env: { ...process.env, NODE_ENV: "production", NETRA_BUILD_DIR: folder, ...env },
  }).catch(({ stdout, stderr }) => {
    throw new Error(`remix build failed\n${stdout}${stderr}`);
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface WebServer {
  origin: string;
  pid: number;
  /** Everything it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts the compiled server and waits until it listens. */
export async function startWeb(build: WebBuild, env: Record<string, string>): Promise<WebServer> {
  const port = env.PORT ?? String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const run = launchWeb(build, { ...env, APP_ORIGIN: origin, PORT: port });
  await Promise.race([
    run.printed("web: listening"),
    run.ended.then((code) => {
      throw new Error(`The web server ended with ${code}\n${run.output()}`);
    }),
  ]);
  return {
    origin,
    pid: run.pid,
    output: run.output,
    async stop() {
      run.kill("SIGTERM");
      await run.ended;
    },
  };
}

/** Starts the compiled server with exactly this environment and lets it run or fail. */
export function launchWeb(build: WebBuild, env: Record<string, string>) {
  const child = spawn(process.execPath, [build.entry], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test that fails before it stops its server leaves nothing behind.
  const reap = () => child.kill("SIGKILL");
  process.once("exit", reap);
  child.once("close", () => process.off("exit", reap));
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const watch of watchers) watch();
    });
  }
  return {
    pid: child.pid ?? -1,
    output: () => output,
    ended: new Promise<number | null>((done) => child.once("close", done)),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    printed: (text: string) =>
      new Promise<void>((done) => {
        const watch = () => {
          if (output.includes(text)) done();
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/**
 * A port that is free and likely to stay so until a process that takes seconds to start listens there:
 * below the range from which the system takes ports for outgoing connections and for port 0.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new Error("no free port");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
