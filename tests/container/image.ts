import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Stage } from "./containerfile";

/** Directories of this machine that stand in for the base image, read-only. */
const BASE = ["usr", "bin", "sbin", "lib", "lib64", "etc", "dev", "proc", "sys"].filter((name) =>
  existsSync(`/${name}`),
);

/** In the new mount namespace: the base image's directories, a /tmp in memory, then `$2` and the root itself. */
const ENTER = `
root=$1; storage=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
for name in ${BASE.join(" ")}; do
  [ -L "/$name" ] || mount --rbind "/$name" "$root/$name"
done
mount -t tmpfs tmpfs "$root/tmp"
if [ -n "$storage" ]; then
  mount --bind "$storage" "$root/data"
  mount -o remount,bind,ro "$root"
fi
exec chroot "$root" "$@"`;

/**
 * Does what the stages say, with a folder in place of each one's file system and this machine in place of the
 * base image. Resolves to the folder of the last. Needs root, and Linux.
 */
export async function makeImage(stages: readonly Stage[], folder: string): Promise<string> {
  const roots = new Map<string | null, string>();
  let root = "";
  for (const { name, instructions } of stages) {
    root = join(folder, name ?? "image");
    roots.set(name, root);
    emptyRoot(root);
    let workdir = "/";
    for (const { word, rest } of instructions) {
      if (word === "WORKDIR") {
        workdir = rest;
        mkdirSync(join(root, workdir), { recursive: true });
      }
      if (word === "COPY") copy(rest, join(root, workdir), roots);
      if (word === "RUN") await run(root, workdir, rest);
    }
  }
  return root;
}

/** Runs a command in the image with a read-only root, a /tmp in memory and this storage, as a user without rights. */
export function startContainer(
  image: string,
  storage: string,
  { user, workdir, command }: { user: string; workdir: string; command: readonly string[] },
  options: SpawnOptions,
): ChildProcess {
  const [uid, gid] = user.split(":");
  const restricted = [
    ...["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"],
    ...["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
    ...["env", `--chdir=${workdir}`, ...command],
  ];
  return spawn(
    "unshare",
    ["--mount", "sh", "-ec", ENTER, "sh", image, storage, ...restricted],
    options,
  );
}

async function run(root: string, workdir: string, command: string): Promise<void> {
  const inside = ["env", `--chdir=${workdir}`, "sh", "-c", command];
  const child = spawn("unshare", ["--mount", "sh", "-ec", ENTER, "sh", root, "", ...inside], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`RUN ${command} ended with ${code}\n${output}`);
}

function emptyRoot(root: string): void {
  for (const name of [...BASE, "tmp"]) {
    const path = `/${name}`;
    if (lstatSync(path).isSymbolicLink()) {
      mkdirSync(root, { recursive: true });
      symlinkSync(readlinkSync(path), join(root, name));
    } else mkdirSync(join(root, name), { recursive: true });
  }
}

/** `[--from=STAGE] SOURCE… DESTINATION`: into a folder if that ends in a slash, else under that name. */
function copy(rest: string, workdir: string, roots: ReadonlyMap<string | null, string>): void {
  const words = rest.split(/\s+/);
  const from = words[0]?.startsWith("--from=") ? words.shift()?.slice("--from=".length) : undefined;
  const destination = words.pop() ?? "";
  for (const source of words) {
    const path = from === undefined ? source : join(roots.get(from) ?? "", source);
    const target = join(workdir, destination, destination.endsWith("/") ? basename(source) : "");
    cpSync(path, target, { recursive: true, verbatimSymlinks: true });
  }
}
