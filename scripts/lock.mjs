/**
 * `npm run lock`: renews package-lock.json from package.json. A registry that mirrors only some
 * platforms makes npm leave the others' optional packages out of the lock file, and `npm ci` then
 * refuses it everywhere. This names them again, as their parents ask for them, so that the file is
 * complete; npm fetches only those of the platform it runs on.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

rmSync("package-lock.json", { force: true });
// An existing node_modules would narrow the tree to this machine's platform.
const { status } = spawnSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const systems = /(darwin|linux|win32|windows|android|freebsd|openharmony|sunos|aix|netbsd|openbsd)/;
const processors = /(arm64|x64|ppc64|riscv64|s390x|ia32|wasm32|loong64|mips64el|arm)/;

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (path === "" || isLocked(path, name)) continue;
    const version = /^[\^~]?(\d[^\s|]*)$/.exec(String(range))?.[1];
    const system = systems.exec(name)?.[1];
    const processor = processors.exec(name)?.[1];
    if (!version || !processor)
      throw new Error(`${path}: cannot tell what ${name}@${range} is for`);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      cpu: [processor],
      ...(system ? { os: [system === "windows" ? "win32" : system] } : {}),
      ...(/musl/.test(name) ? { libc: ["musl"] } : {}),
    };
    console.log(`added ${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);

function isLocked(parent, name) {
  return [`${parent}/node_modules/${name}`, `node_modules/${name}`].some(
    (key) => lock.packages[key],
  );
}
