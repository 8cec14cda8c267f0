import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MOUNT = "/bin/mount";
const UNMOUNT = "/bin/umount";

/** A disk of a few megabytes, mounted in memory. */
export interface SmallDisk {
  folder: string;
  remove(): void;
}

/** Null where this process may not mount: the tests that need a disk are then skipped. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "netra-disk-"));
  const mounted = spawnSync(MOUNT, [
    ...["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`],
    ...["tmpfs", folder],
  ]);
  if (mounted.status !== 0) {
    rmdirSync(folder);
    return null;
  }
  return {
    folder,
    remove() {
      spawnSync(UNMOUNT, [folder]);
      rmdirSync(folder);
    },
  };
}
