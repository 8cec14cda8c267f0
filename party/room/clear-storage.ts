import type { RoomStorage } from "../ports/room";
import { identityKey } from "./storage-layout";

const KEYS_AT_ONCE = 1_000;
/** Every key of a room lies in it. */
const everything = { from: "!", to: "~" } as const;

/**
 * Removes all that a room stored. Which thread it was goes last: a process that dies in between leaves a
 * room that can be told again.
 */
export async function clearStorage(storage: RoomStorage): Promise<void> {
  for (;;) {
    const page = await storage.list({ ...everything, limit: KEYS_AT_ONCE });
    const keys = [...page.keys()].filter((key) => key !== identityKey);
    if (keys.length === 0) break;
    await storage.write({ remove: keys });
  }
  await storage.write({ remove: [identityKey] });
}
