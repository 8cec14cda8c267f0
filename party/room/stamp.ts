import { z } from "zod";
import type { RoomStorage } from "../ports/room";

/** Which installation a room's storage belongs to: the same as Postgres, ClickHouse and Redis carry. */
export interface RoomStamp {
  environment: string;
  /** Null where the rooms were not told: then only the environment is compared. */
  installation: string | null;
}

/** The key of room storage under which the stamp stands. */
export const stampKey = "stamp";
const stampSchema = z.object({ environment: z.string(), installation: z.string().nullable() });

/** The room's storage was written by rooms of another environment or installation. It was left as it is. */
export class ForeignRoomStorageError extends Error {
  override readonly name = "ForeignRoomStorageError";
  readonly retryable = false;
  constructor(
    readonly found: RoomStamp,
    readonly own: RoomStamp,
  ) {
    super(
      `Room storage is stamped for ${text(found)}, but these rooms are of ${text(own)}: use the data folder of this installation`,
    );
  }
}

/**
 * Compares the stamp of a room's storage, before anything else is read there.
 * @returns whether a stamp stands there that needs no completion
 * @throws ForeignRoomStorageError
 */
export async function assertOwnStorage(storage: RoomStorage, own: RoomStamp): Promise<boolean> {
  const stored = await storage.get(stampKey);
  if (stored === undefined) return false;
  const found = stampSchema.parse(stored);
  const isOther =
    found.installation !== null &&
    own.installation !== null &&
    found.installation !== own.installation;
  if (found.environment !== own.environment || isOther) {
    throw new ForeignRoomStorageError(found, own);
  }
  return found.installation !== null || own.installation === null;
}

function text({ environment, installation }: RoomStamp): string {
  return installation === null ? environment : `${environment}, installation ${installation}`;
}
