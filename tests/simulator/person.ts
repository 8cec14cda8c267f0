import {
  emptyThreadView,
  foldEvents,
  foldSnapshot,
  type ThreadView,
} from "../../app/chat/thread-state";
import { PROTOCOL_VERSION, type ServerMessage } from "../../party/protocol";
import { HistoryBroken, readFrame } from "./history";
import type { Link } from "./link";
import type { Random } from "./random";

export interface Letter {
  id: string;
  text: string;
  whenBusy: "queue" | "replace";
  /** The question it asks differently. */
  replaces?: string;
}

/**
 * A client: keeps what it was shown over every reconnect, sends what was not acknowledged again, twice
 * and in any order, and notices a gap or a repetition.
 */
export class Person {
  view: ThreadView = emptyThreadView;
  link: Link | null = null;
  readonly acknowledged = new Map<string, number>();
  readonly said: Letter[] = [];
  /** The sign-in; null while signed out. */
  session: string | null = null;
  /** When the last sign-in ended, Unix ms. */
  signedOutAt = Number.NEGATIVE_INFINITY;
  /** On the way into the room, or about to set out. */
  isComing = false;
  #welcomed = false;

  constructor(
    readonly name: string,
    readonly userId: string,
    private readonly random: Random,
  ) {}

  greet(link: Link): void {
    this.link = link;
    this.#welcomed = false;
    this.#tell({ type: "hello", v: PROTOCOL_VERSION, lastSeq: this.view.lastSeq });
  }

  /** The connection is gone. */
  gone(): void {
    this.link = null;
    this.#welcomed = false;
  }

  say(letter: Letter): void {
    this.said.push(letter);
    if (this.#welcomed) this.#send(letter);
  }

  /** Sends one that was said long ago, as if its acknowledgement had been lost. */
  repeatSomething(): void {
    if (this.#welcomed && this.said.length > 0) this.#send(this.random.pick(this.said));
  }

  /** Sends again what has no answer yet. */
  insist(): void {
    if (!this.#welcomed) return;
    const open = this.said.filter(({ id }) => !this.acknowledged.has(id));
    for (const letter of this.random.shuffle(open)) this.#send(letter);
  }

  /** A question it has seen, to be asked differently. */
  anyQuestion(): string | null {
    const questions = this.view.messages.filter(({ role }) => role === "user");
    return questions.length === 0 ? null : this.random.pick(questions).id;
  }

  /** Takes back something that seems to wait, or perhaps does not any more. */
  withdrawSomething(): void {
    const waiting = this.view.messages.filter(
      ({ id, role, ending }) =>
        role === "user" &&
        ending !== "withdrawn" &&
        !this.view.runs.some(({ messageId }) => messageId === id),
    );
    if (!this.#welcomed || waiting.length === 0) return;
    this.#tell({ type: "message.withdraw", messageId: this.random.pick(waiting).id });
  }

  /** Asks for a new run of one that failed or was stopped, perhaps twice, perhaps too late. */
  retrySomething(): void {
    const ended = this.view.runs.filter(({ state }) => state === "failed" || state === "cancelled");
    if (!this.#welcomed || ended.length === 0) return;
    const retry = { type: "run.retry", id: this.random.uuid(), runId: this.random.pick(ended).id };
    for (let time = 0; time < this.random.int(1, 2); time++) this.#tell(retry);
  }

  /** Decides something that waits, perhaps after somebody else, perhaps twice. */
  decideSomething(): void {
    const waiting = this.view.runs.filter(({ state }) => state === "waiting-approval");
    if (!this.#welcomed || waiting.length === 0) return;
    const run = this.random.pick(waiting);
    const approvalId = run.approvals.at(-1)?.request.id;
    const decision = this.random.pick(["approve", "reject"]);
    const word = { type: "approval.give", id: this.random.uuid(), runId: run.id, approvalId };
    const times = this.random.int(1, 2);
    for (let time = 0; time < times; time++) this.#tell({ ...word, decision });
  }

  /** Whether somebody's word is missing, as far as this person sees. */
  get isAsked(): boolean {
    return this.view.runs.some(({ state }) => state === "waiting-approval");
  }

  stopTheRun(): void {
    const live = this.view.runs.findLast(
      ({ state }) => state === "running" || state === "waiting-approval",
    );
    if (this.#welcomed && live) this.#tell({ type: "run.cancel", runId: live.id });
  }

  hear(frame: string): void {
    const message = readFrame(frame);
    switch (message.type) {
      case "welcome":
        if (message.seq < this.view.lastSeq) {
          throw new HistoryBroken(
            `${this.name} had event ${this.view.lastSeq}; the room forgot all after ${message.seq}`,
          );
        }
        this.#welcomed = true;
        this.insist();
        return;
      case "events":
        this.#fold(message);
        return;
      case "snapshot":
        if (message.seq <= this.view.lastSeq) {
          throw new HistoryBroken(`${this.name} was sent a snapshot of what is known`);
        }
        this.view = foldSnapshot(this.view, message);
        return;
      case "ack": {
        const known = this.acknowledged.get(message.id) ?? message.seq;
        if (known !== message.seq) {
          throw new HistoryBroken(`${message.id} was event ${known} and then ${message.seq}`);
        }
        this.acknowledged.set(message.id, message.seq);
      }
    }
  }

  #fold({ events }: Extract<ServerMessage, { type: "events" }>): void {
    for (const [index, { seq }] of events.entries()) {
      if (seq !== this.view.lastSeq + 1 + index) {
        throw new HistoryBroken(
          `${this.name} had event ${this.view.lastSeq + index} and was sent ${seq}`,
        );
      }
    }
    this.view = foldEvents(this.view, events).view;
  }

  #send(letter: Letter): void {
    const times = this.random.chance(0.2) ? 2 : 1;
    const type = letter.replaces === undefined ? "message.send" : "message.edit";
    for (let time = 0; time < times; time++) this.#tell({ type, ...letter });
  }

  #tell(message: unknown): void {
    this.link?.tell(JSON.stringify(message));
  }
}
