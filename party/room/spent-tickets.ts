import type { RoomStorage } from "../ports/room";
import type { TicketClaims } from "../protocol";
import { spentKey, spentRange } from "./storage-layout";

/**
 * Remembers the tickets that opened a socket until they expire, also over the death of the process: a
 * socket's ticket stands in an address, which others may see, so it opens one and then nothing.
 */
export class SpentTickets {
  #spent: Promise<Set<string>> | null = null;

  constructor(private readonly storage: RoomStorage) {}

  /** Whether the ticket has opened a socket. */
  async has({ exp, jti }: TicketClaims): Promise<boolean> {
    return (await this.#keys()).has(spentKey(exp, jti));
  }

  /**
   * Uses the ticket up; false when it was before. `now` in Unix ms. Nobody waits for the disk: a Durable
   * Object sends nothing to the new socket before the write is confirmed, and a write that fails leaves
   * the ticket spent for as long as the process lives.
   */
  async spend({ exp, jti }: TicketClaims, now: number): Promise<boolean> {
    const spent = await this.#keys();
    const key = spentKey(exp, jti);
    if (spent.has(key)) return false;
    spent.add(key);
    const living = spentKey(Math.floor(now / 1_000), "");
    const expired: string[] = [];
    // The oldest come first, near enough: to look at all for each of a crowd would cost more than they do.
    for (const other of spent) {
      if (other >= living) break;
      expired.push(other);
      spent.delete(other);
    }
    this.storage.write({ put: { [key]: true }, remove: expired }).catch(() => {});
    return true;
  }

  #keys(): Promise<Set<string>> {
    this.#spent ??= this.storage.list(spentRange).then(
      (found) => new Set(found.keys()),
      (error) => {
        this.#spent = null;
        throw error;
      },
    );
    return this.#spent;
  }
}
