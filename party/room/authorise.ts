import { jwtVerify } from "jose";
import { TICKET_AUDIENCE, type TicketClaims, ticketClaimsSchema } from "../protocol";

/** What a room must know to judge who comes in. */
export interface DoorRules {
  /** `ROOM_TICKET_SECRET`. */
  secret: string;
  /** Origins a browser may come from, as `allowedOrigins` lists them. */
  origins: readonly string[];
}

export type Admission =
  | { admitted: true; claims: TicketClaims }
  | { admitted: false; code: "ticket-refused" | "forbidden" };

export interface Visit {
  /** The room's own thread id. */
  roomId: string;
  ticket: string | null;
  origin: string | null;
  kind: "socket" | "http";
  /** Unix ms. */
  now: number;
}

/** `APP_ORIGIN`, and on loopback its other spellings: they name the same server. */
export function allowedOrigins(appOrigin: string): string[] {
  const { protocol, hostname, port, origin } = new URL(appOrigin);
  const loopback = ["127.0.0.1", "localhost", "[::1]"];
  if (!loopback.includes(hostname)) return [origin];
  return loopback.map((host) => new URL(`${protocol}//${host}${port ? `:${port}` : ""}`).origin);
}

/**
 * Judges a visit: the Origin is the app's own (only HTTP may come without one), and the ticket is
 * signed, alive and for this very room.
 */
export async function admit(visit: Visit, rules: DoorRules): Promise<Admission> {
  const originFits =
    visit.origin === null ? visit.kind === "http" : rules.origins.includes(visit.origin);
  if (!originFits) return { admitted: false, code: "forbidden" };
  const claims = await readTicket(visit, rules.secret);
  if (claims === null) return { admitted: false, code: "ticket-refused" };
  if (claims.room !== visit.roomId) return { admitted: false, code: "forbidden" };
  return { admitted: true, claims };
}

async function readTicket(visit: Visit, secret: string): Promise<TicketClaims | null> {
  const payload = await verified(visit, secret, TICKET_AUDIENCE);
  const claims = ticketClaimsSchema.safeParse(payload);
  return claims.success ? claims.data : null;
}

/** The payload of a token signed with the secret for this audience and not expired; else null. */
export async function verified(
  { ticket, now }: Pick<Visit, "ticket" | "now">,
  secret: string,
  audience: string,
): Promise<unknown> {
  if (ticket === null || ticket.length > 4_096) return null;
  try {
    const { payload } = await jwtVerify(ticket, new TextEncoder().encode(secret), {
      algorithms: ["HS256"],
      audience,
      requiredClaims: ["exp"],
      currentDate: new Date(now),
    });
    return payload;
  } catch {
    return null;
  }
}

/** The ticket of a request: `Authorization: Bearer …`, or for a socket the query parameter `ticket`. */
export function ticketOf(request: { url: string; headers: { get(name: string): string | null } }) {
  const bearer = request.headers.get("authorization")?.match(/^Bearer (\S+)$/i)?.[1];
  return bearer ?? new URL(request.url).searchParams.get("ticket");
}
