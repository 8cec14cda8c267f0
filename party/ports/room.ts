/** What a room stands on. The same room runs in workerd and in tests over these few methods. */

/** A storage change: everything in it is written, or nothing is. */
export interface StorageChange {
  put?: Readonly<Record<string, unknown>>;
  remove?: readonly string[];
  /** As `RoomStorage.setAlarm`, in the same change. */
  alarm?: number;
}

/** Keys with `from` ≤ key < `to`, in key order, or backwards with `reverse`. */
export interface KeyRange {
  from: string;
  to: string;
  limit?: number;
  reverse?: boolean;
}

/**
 * A room's own durable storage. Values are JSON-like or Uint8Array and smaller than 128 KiB each.
 * Any method may reject; a rejected `write` may or may not have happened.
 */
export interface RoomStorage {
  get(key: string): Promise<unknown>;
  list(range: KeyRange): Promise<Map<string, unknown>>;
  /**
   * Resolves when the change would survive the death of the process, or when the runtime will let nothing
   * out that is sent from then on before it would.
   */
  write(change: StorageChange): Promise<void>;
  /** Only where `write` resolves earlier: resolves when all written so far would survive. */
  flushed?(): Promise<void> | undefined;
  /** Asks for one call of `Room.alarm` at `at` (Unix ms); replaces an earlier request. */
  setAlarm(at: number): Promise<void>;
}

/** One client's connection. Neither method throws when the client has already gone. */
export interface RoomSocket {
  readonly id: string;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Structured log: a short event name and ids; never tokens, secrets or text of messages. */
export type Log = (
  level: "debug" | "info" | "warn" | "error",
  event: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** What a room reads of a request; the standard `Request` and workerd's own both fit. */
export interface RoomRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}
