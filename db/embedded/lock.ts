import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIdentity } from "./process-identity";

const lockFileName = "netra.lock";

interface LockRecord {
  pid: number;
  /** See `processIdentity`: tells the holder from a later process with the same id. */
  identity: string;
  /** Distinguishes two locks of one process. */
  token: string;
  note: unknown;
}

/** A living process already works in this data folder. Retrying helps once that process stopped. */
export class DataFolderInUseError extends Error {
  override readonly name = "DataFolderInUseError";
  constructor(
    readonly pid: number,
    readonly dataDir: string,
  ) {
    super(
      `The data folder ${dataDir} is in use by process ${pid}. Stop it, or use another folder.`,
    );
  }
}

export interface DataFolderLock {
  /** Stores a JSON value in the lock file (mode 0600), where `readNote` finds it while this process lives. */
  writeNote(note: unknown): void;
  /** Gives the folder back. Harmless when called twice, or after someone else took the folder. */
  release(): void;
}

/**
 * Takes the data folder for this process, creating the folder if it is absent. A lock whose holder
 * is dead is taken over.
 * @throws {DataFolderInUseError} when a living process holds it.
 */
export function acquireDataFolder(dataDir: string): DataFolderLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, lockFileName);
  const record: LockRecord = {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? "",
    token: randomBytes(12).toString("hex"),
    note: null,
  };
  for (let attempt = 0; attempt < 20; attempt++) {
    if (createExclusively(path, record)) return heldLock(path, record);
    const holder = readRecord(path);
    if (holder && isHeld(holder)) throw new DataFolderInUseError(holder.pid, dataDir);
    removeDead(path, holder);
  }
  throw new Error(`Could not take the lock file ${path}; remove it if no Netra process runs.`);
}

/** The note and process id of the living holder of this folder; `null` when nobody holds it. */
export function readNote(dataDir: string): { pid: number; note: unknown } | null {
  const holder = readRecord(join(dataDir, lockFileName));
  return holder && isHeld(holder) ? { pid: holder.pid, note: holder.note } : null;
}

function heldLock(path: string, record: LockRecord): DataFolderLock {
  const isOurs = () => readRecord(path)?.token === record.token;
  return {
    writeNote(note) {
      if (!isOurs()) return;
      const draft = `${path}.${record.token}`;
      writeFileSync(draft, JSON.stringify({ ...record, note }), { mode: 0o600 });
      renameSync(draft, path);
    },
    release() {
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}

/** `link` fails when the name exists, and the file appears complete: nobody reads half a record. */
function createExclusively(path: string, record: LockRecord): boolean {
  const draft = `${path}.${record.token}`;
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Two processes may find the same dead lock. Renaming is atomic, so each learns what it took away:
 * when that is not the dead record but a rival's fresh one, it is put back.
 */
function removeDead(path: string, dead: LockRecord | null): void {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // The rival was faster; the next attempt looks again.
  }
  const taken = readRecord(aside);
  if (taken && taken.token !== dead?.token && isHeld(taken)) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process has it by now.
    }
  }
  rmSync(aside, { force: true });
}

function isHeld(record: LockRecord): boolean {
  const identity = processIdentity(record.pid);
  return identity !== null && identity === record.identity;
}

function readRecord(path: string): LockRecord | null {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<LockRecord>;
    if (typeof value.pid !== "number" || typeof value.identity !== "string") return null;
    return { pid: value.pid, identity: value.identity, token: value.token ?? "", note: value.note };
  } catch {
    return null;
  }
}
