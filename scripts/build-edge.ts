/**
 * `npm run build:edge`: one deployable unit in build/edge: worker.js (the app, the rooms and their agents)
 * and assets/ (what the platform serves by itself). Prints what each weighs.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildEdgeWorker, EDGE_FOLDER, edgeParts } from "../party/host/build-edge";

/** The files with a hash in their names never change; the rest is looked at again after an hour. */
const HEADERS = `/*
  Cache-Control: public, max-age=3600
  X-Content-Type-Options: nosniff
/build/*
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
`;

const { worker, assets } = edgeParts();
rmSync(EDGE_FOLDER, { recursive: true, force: true });
const { status } = spawnSync("node_modules/.bin/remix", ["build"], {
  stdio: "inherit",
  env: { ...process.env, NODE_ENV: "production", NETRA_PLATFORM: "edge" },
});
if (status !== 0) process.exit(status ?? 1);
cpSync("public", assets, {
  recursive: true,
  filter: (from) => !from.startsWith(join("public", "build")),
});
writeFileSync(join(assets, "_headers"), HEADERS);
await buildEdgeWorker();

const module = readFileSync(worker);
const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
console.log(`${worker}: ${kib(module.length)}, ${kib(gzipSync(module).length)} gzip`);
