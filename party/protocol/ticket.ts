import * as z from "zod";

export const roleSchema = z.enum(["owner", "admin", "member", "viewer"]);
export type Role = z.infer<typeof roleSchema>;

export const TICKET_AUDIENCE = "netra-room";
/** Seconds a ticket is good for: long enough to connect once. */
export const TICKET_LIFETIME_SECONDS = 60;

/** What the web tells a room about who is connecting: a JWT (HS256, `ROOM_TICKET_SECRET`) with these claims. */
export const ticketClaimsSchema = z.object({
  aud: z.literal(TICKET_AUDIENCE),
  /** User id. */
  sub: z.uuid(),
  name: z.string(),
  /** Thread id: the one room this ticket opens. */
  room: z.uuid(),
  workspace: z.uuid(),
  role: roleSchema,
  exp: z.number().int(),
});
export type TicketClaims = z.infer<typeof ticketClaimsSchema>;

export const WAKE_AUDIENCE = "netra-room-wake";

/** What the boot sweep tells a room it wakes: a JWT (HS256, `ROOM_TICKET_SECRET`) with these claims. */
export const wakeClaimsSchema = z.object({
  aud: z.literal(WAKE_AUDIENCE),
  /** Thread id. */
  room: z.uuid(),
  workspace: z.uuid(),
  exp: z.number().int(),
});
export type WakeClaims = z.infer<typeof wakeClaimsSchema>;
