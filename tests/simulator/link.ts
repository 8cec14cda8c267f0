import type { RoomSocket } from "../../party/ports/room";
import type { Random } from "./random";
import type { Timeline } from "./timeline";

/** What each end of a link does with what arrives. */
export interface LinkEnds {
  atRoom: (frame: string) => void;
  atRoomGone: () => void;
  atClient: (frame: string) => void;
  atClientGone: () => void;
  /** The room closed it and said why. */
  atClosed: (code: number) => void;
}

/**
 * One connection over a network that delays, keeps order, and at a cut loses everything under way in
 * both directions. The room may hear of the cut much later.
 */
export class Link implements RoomSocket {
  #open = true;
  #toClientAt = 0;
  #toRoomAt = 0;
  /** Told of every frame that the room sends, when it does. */
  onShown: (frame: string) => void = () => {};

  constructor(
    readonly id: string,
    private readonly timeline: Timeline,
    private readonly random: Random,
    private readonly ends: LinkEnds,
    private readonly slowestMs: number,
  ) {}

  get isOpen(): boolean {
    return this.#open;
  }

  send(frame: string): void {
    this.onShown(frame);
    if (!this.#open) return;
    this.#toClientAt = this.#later(this.#toClientAt);
    this.timeline.at(this.#toClientAt, () => {
      if (this.#open) this.ends.atClient(frame);
    });
  }

  tell(frame: string): void {
    if (!this.#open) return;
    this.#toRoomAt = this.#later(this.#toRoomAt);
    this.timeline.at(this.#toRoomAt, () => {
      if (this.#open) this.ends.atRoom(frame);
    });
  }

  close(code: number): void {
    if (this.#open) this.ends.atClosed(code);
    this.cut(0);
  }

  /** Ends the connection; the room hears of it after `roomHearsAfterMs`. */
  cut(roomHearsAfterMs: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.ends.atClientGone();
    this.timeline.after(roomHearsAfterMs, () => this.ends.atRoomGone());
  }

  #later(last: number): number {
    return Math.max(last, this.timeline.now + this.random.next() * this.slowestMs);
  }
}
