/**
 * After `npm ci`: applies patches/ to the installed packages. Packages that only development needs
 * are absent in a production install, and then their patches are left out.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const patchesFolder = join(root, "patches");
const patchPackage = findPatchPackage();

if (existsSync(patchesFolder) && patchPackage !== null) {
  const somePackageIsAbsent = readdirSync(patchesFolder)
    .filter((name) => name.endsWith(".patch"))
    .some((name) => !existsSync(join(root, "node_modules", ...packagePath(name))));
  const { status, error } = spawnSync(process.execPath, [patchPackage, "--error-on-fail"], {
    cwd: root,
    stdio: "inherit",
    // patch-package forgives an absent development package only in production.
    env: somePackageIsAbsent ? { ...process.env, NODE_ENV: "production" } : process.env,
  });
  if (error) console.error(error.message);
  process.exitCode = status ?? 1;
}

/** `@scope+name+1.2.3.patch` → ["@scope", "name"]. */
function packagePath(patchName) {
  const parts = patchName.replace(/(\.dev)?\.patch$/, "").split("+");
  return parts.slice(0, parts[0].startsWith("@") ? 2 : 1);
}

function findPatchPackage() {
  try {
    return createRequire(import.meta.url).resolve("patch-package");
  } catch {
    console.warn("patch-package is not installed: the packages run unpatched.");
    return null;
  }
}
