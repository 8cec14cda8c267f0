import type { Turn } from "../../party/agents/core/crew";
import type { RoomServices } from "../../party/room/conversation";
import { encode, refusal } from "../../party/room/frames";
import { Pace } from "../../party/room/pace";
import { Room } from "../../party/room/room";
import { plannedCrew } from "./crew";
import { type Disk, LifeStorage } from "./disk";
import type { Link } from "./link";
import type { Random } from "./random";
import type { SlowRecord } from "./record";
import { LifeClock, type Timeline } from "./timeline";

export interface RoomProcessParts {
  threadId: string;
  workspaceId: string;
  disk: Disk;
  record: SlowRecord;
  timeline: Timeline;
  random: Random;
  onHistory: (messageId: string, turns: readonly Turn[]) => void;
}

/** What a person comes with. */
export interface Ticket {
  sub: string;
  name: string;
  session: string;
  /** Unix s. */
  exp: number;
}

const ORDER_TIMEOUT_MS = 5_000;

/**
 * The process that holds a room, as `party/room-server.ts` and workerd do: it opens the room when
 * someone comes or its alarm is due, can be killed at any instant, and asks again after a failed opening.
 */
export class RoomProcess {
  #life = { alive: true };
  #opening: Promise<Room> | null = null;
  #links = new Set<Link>();
  #ringing: { at: number } | null = null;
  readonly #entering = new WeakMap<Link, Promise<Room>>();
  kills = 0;

  constructor(private readonly parts: RoomProcessParts) {
    parts.disk.onAlarm = () => this.#awaitAlarm();
  }

  get links(): readonly Link[] {
    return [...this.#links];
  }

  /** `kill -9`: what was not on disk is gone, and every connection. */
  kill(): void {
    this.kills += 1;
    this.#life.alive = false;
    this.#life = { alive: true };
    this.#opening = null;
    this.#ringing = null;
    for (const link of this.#links) link.cut(0);
    this.#links.clear();
    // The process is back a moment later.
    const life = this.#life;
    this.parts.timeline.after(this.parts.random.int(10, 1_000), () => {
      if (life.alive) this.#awaitAlarm();
    });
  }

  connect(link: Link, { exp, ...person }: Ticket): void {
    const { threadId, workspaceId, random } = this.parts;
    const life = this.#life;
    this.#links.add(link);
    const claims = {
      ...person,
      aud: "netra-room" as const,
      room: threadId,
      workspace: workspaceId,
      role: "member" as const,
      jti: random.uuid(),
      exp,
    };
    const entering = this.#room().then(async (room) => {
      await room.connectAs(link, claims);
      return room;
    });
    entering.catch(() => {
      if (life.alive) link.cut(0);
    });
    this.#entering.set(link, entering);
  }

  /** The web server says that the record changed. False when the room could not look, or died of it. */
  look(): Promise<boolean> {
    return this.#answerOf(async (room) => {
      const conversation = await room.open(this.parts.workspaceId);
      const seen = (await conversation?.look()) ?? false;
      await conversation?.alarm();
      return seen;
    });
  }

  /** The web server says that the thread is to be forgotten. */
  purge(): Promise<boolean> {
    return this.#answerOf((room) => room.purge(this.parts.workspaceId));
  }

  /** A request of another process: it hears nothing of one that died, and gives up after a while. */
  #answerOf(ask: (room: Room) => Promise<boolean>): Promise<boolean> {
    return new Promise((resolve) => {
      this.parts.timeline.after(ORDER_TIMEOUT_MS, () => resolve(false));
      this.#room()
        .then(ask)
        .then(resolve, () => resolve(false));
    });
  }

  receive(link: Link, frame: string): void {
    const life = this.#life;
    this.#entering
      .get(link)
      ?.then((room) => room.receive(link.id, frame))
      .catch(() => {
        if (life.alive) link.send(encode(refusal("internal", null)));
      });
  }

  disconnect(link: Link): void {
    if (!this.#links.delete(link)) return;
    this.#entering
      .get(link)
      ?.then((room) => room.disconnect(link.id))
      .catch(() => {});
  }

  #room(): Promise<Room> {
    const { threadId, disk, timeline, random, record } = this.parts;
    const life = this.#life;
    const clock = new LifeClock(timeline, life);
    const services: RoomServices = {
      runCrew: plannedCrew(clock, random, this.parts.onHistory),
      store: record.seenBy(life),
      ownCalls: record.ownCallsSeenBy(life),
      stateCache: { saveRun: async () => {}, loadRun: async () => null },
      clock,
      pace: new Pace(),
      newId: () => random.uuid(),
      random: () => random.next(),
      report: () => {},
    };
    this.#opening ??= Room.open({
      threadId,
      storage: new LifeStorage(disk, timeline, random, life),
      stamp: { environment: "test", installation: "simulated" },
      rules: { secret: "", origins: [] },
      services,
    }).catch((error) => {
      if (life.alive) this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** An alarm is forgotten only when its handler has come to its end; else it rings again. */
  #awaitAlarm(): void {
    const { disk, timeline } = this.parts;
    const ringing = disk.alarmAt;
    if (ringing === null) return;
    const life = this.#life;
    timeline.at(ringing.at, () => {
      if (disk.alarmAt !== ringing || !life.alive || this.#ringing === ringing) return;
      this.#ringing = ringing;
      this.#room()
        .then((room) => room.alarm())
        .then(
          () => {
            if (life.alive && disk.alarmAt === ringing) disk.alarmAt = null;
          },
          () => {
            if (life.alive && disk.alarmAt === ringing) disk.setAlarm(timeline.now + 2_000);
          },
        );
    });
  }
}
