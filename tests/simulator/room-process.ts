import type { RoomServices } from "../../party/room/conversation";
import { encode, refusal } from "../../party/room/frames";
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
}

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

  connect(link: Link, claims: { sub: string; name: string }): void {
    const { threadId, workspaceId, timeline, random } = this.parts;
    const life = this.#life;
    this.#links.add(link);
    const entering = this.#room().then(async (room) => {
      const conversation = await room.open(workspaceId);
      if (!conversation) throw new Error("The room belongs to another workspace");
      room.seat(link, {
        conversation,
        claims: {
          ...claims,
          aud: "netra-room",
          room: threadId,
          workspace: workspaceId,
          role: "member",
          session: "a sign-in",
          jti: random.uuid(),
          exp: Math.floor(timeline.now / 1_000) + 60,
        },
      });
      return room;
    });
    entering.catch(() => {
      if (life.alive) link.cut(0);
    });
    this.#entering.set(link, entering);
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
      runCrew: plannedCrew(clock, random),
      store: record.seenBy(life),
      stateCache: { saveRun: async () => {}, loadRun: async () => null },
      clock,
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
