import { execFile } from "node:child_process";
import { chmod, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whom PostgreSQL runs as. Empty means: as the user who runs this process. */
export interface SystemUser {
  uid?: number;
  gid?: number;
}

/** The system user `postgres` cannot reach a folder that PostgreSQL needs; another place cures it. */
export class UnreachableFolderError extends Error {
  override readonly name = "UnreachableFolderError";
  constructor(
    readonly folder: string,
    readonly neededFor: string,
  ) {
    super(
      `PostgreSQL refuses to run as root and its system user "postgres" may not enter ${folder}, ` +
        `which it needs for ${neededFor}. Run as a normal user, or allow entry (chmod o+x ${folder}).`,
    );
  }
}

/** PostgreSQL refuses to run as root: then, and only then, it runs as `postgres`, made if absent. */
export async function postgresSystemUser(): Promise<SystemUser> {
  if (process.getuid?.() !== 0) return {};
  const found = await lookUp();
  if (found) return found;
  await run("groupadd", ["--force", "postgres"]);
  await run("useradd", ["--gid", "postgres", "--no-create-home", "postgres"]);
  const made = await lookUp();
  if (!made) throw new Error('Could not create the system user "postgres".');
  return made;
}

/**
 * Checks that `user` may enter every folder on the way to `path`. The data folder itself is ours,
 * so it is opened for entry (not for reading); the folders above it are not ours to change.
 * @throws {UnreachableFolderError}
 */
export async function ensureReachable(
  user: SystemUser,
  path: string,
  neededFor: string,
  ownFolder?: string,
): Promise<void> {
  if (user.uid === undefined) return;
  for (let folder = path; ; folder = dirname(folder)) {
    const info = await stat(folder);
    const mayEnter =
      info.uid === user.uid
        ? info.mode & 0o100
        : info.gid === user.gid
          ? info.mode & 0o010
          : info.mode & 0o001;
    if (!mayEnter) {
      if (folder !== ownFolder) throw new UnreachableFolderError(folder, neededFor);
      await chmod(folder, (info.mode & 0o7777) | 0o011);
    }
    if (folder === dirname(folder)) return;
  }
}

async function lookUp(): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", "postgres"]),
      run("id", ["-g", "postgres"]),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
