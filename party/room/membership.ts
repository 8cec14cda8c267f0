import type { Clock } from "../ports/clock";
import type { Log } from "../ports/room";
import type { Standing, ThreadKey, ThreadStore, Visitor } from "../ports/thread-store";
import { type Role, roleSchema, type TicketClaims } from "../protocol";

/** How long the record may take to say who may be here, ms: chat goes on when it is slow. */
const PATIENCE_MS = 1_000;
/** Verdicts kept; far more than people in a room. */
const KEPT = 2_000;

/** What the record says of a visitor. */
export type Verdict =
  | { stays: true; role: Role }
  | { stays: false; because: "no-member" | "signed-out" };

export interface MembershipParts {
  thread: ThreadKey;
  store: ThreadStore;
  clock: Clock;
  report: Log;
}

/** Asks the record who may be in the room, and remembers what it said and when. */
export class Membership {
  readonly #known = new Map<string, { at: number; verdict: Verdict }>();

  constructor(private readonly parts: MembershipParts) {}

  /** Somebody came with a fresh ticket, which says as much as the record. */
  vouchFor(claims: TicketClaims): void {
    this.#remember(visitorOf(claims), { stays: true, role: claims.role });
  }

  /**
   * For somebody at the door. A ticket says for a minute what the record said, unless the record has
   * said no since; null when the record cannot be asked.
   */
  async verdictAtDoor(claims: TicketClaims): Promise<Verdict | null> {
    const known = this.#known.get(keyOf(visitorOf(claims)));
    return known && !known.verdict.stays
      ? this.verdictOn(claims, 0)
      : { stays: true, role: claims.role };
  }

  /** A yes is known for at most `trustMs`; null when the record cannot be asked, which puts nobody out. */
  async verdictOn(claims: TicketClaims, trustMs: number): Promise<Verdict | null> {
    const visitor = visitorOf(claims);
    const known = this.#known.get(keyOf(visitor));
    if (known?.verdict.stays && this.parts.clock.now() - known.at < trustMs) return known.verdict;
    const standing = await this.ask([visitor]);
    return standing && verdictOf(standing, visitor);
  }

  /** What the record says now; null when it cannot be asked. */
  async ask(visitors: readonly Visitor[]): Promise<Standing | null> {
    const { thread, report } = this.parts;
    try {
      const standing = await this.#inTime(visitors);
      for (const visitor of visitors) this.#remember(visitor, verdictOf(standing, visitor));
      return standing;
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      report("warn", "membership-unknown", { ...thread, error: name });
      return null;
    }
  }

  #inTime(visitors: readonly Visitor[]): Promise<Standing> {
    const { thread, store, clock } = this.parts;
    const asked = new AbortController();
    const tooLate = clock.sleep(PATIENCE_MS, asked.signal).then(
      () => Promise.reject(new Error("The record did not answer in time")),
      () => Promise.reject(asked.signal.reason),
    );
    return Promise.race([store.standing(thread, visitors), tooLate]).finally(() => asked.abort());
  }

  #remember(visitor: Visitor, verdict: Verdict): void {
    const key = keyOf(visitor);
    this.#known.delete(key);
    this.#known.set(key, { at: this.parts.clock.now(), verdict });
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }
}

export function visitorOf({ sub, session }: TicketClaims): Visitor {
  return { userId: sub, session };
}

/** Pure. A role that this version does not know is none. */
export function verdictOf(standing: Standing, { userId, session }: Visitor): Verdict {
  if (!standing.sessions.has(session)) return { stays: false, because: "signed-out" };
  const role = roleSchema.safeParse(standing.roles.get(userId));
  return role.success ? { stays: true, role: role.data } : { stays: false, because: "no-member" };
}

function keyOf({ userId, session }: Visitor): string {
  return `${userId}/${session}`;
}
