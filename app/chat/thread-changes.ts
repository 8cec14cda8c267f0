/** What a button does to a thread as a whole, and what the button says. */
export const threadChanges = {
  archive: "Archive",
  unarchive: "Unarchive",
  delete: "Delete",
  restore: "Restore",
} as const;
export type ThreadChange = keyof typeof threadChanges;

export function isThreadChange(value: unknown): value is ThreadChange {
  return typeof value === "string" && Object.hasOwn(threadChanges, value);
}

/** What undoes a change that takes a thread out of sight. */
export const undoOf: Partial<Record<ThreadChange, ThreadChange>> = {
  archive: "unarchive",
  delete: "restore",
};
