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
  /** The sign-in it was given to: when that ends, so does the connection. */
  session: z.string().min(1).max(128),
  /** Its own id: a ticket opens one socket. */
  jti: z.uuid(),
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

export const ORDER_AUDIENCE = "netra-room-order";

/**
 * What the web server can tell a room. `look`: the record of the thread or of its people changed, see
 * what it says now. `purge`: the thread is removed for good, forget everything.
 */
export const roomOrderSchema = z.enum(["look", "purge"]);
export type RoomOrder = z.infer<typeof roomOrderSchema>;

/** An order of the web server to a room: a JWT (HS256, `ROOM_TICKET_SECRET`) with these claims. */
export const orderClaimsSchema = z.object({
  aud: z.literal(ORDER_AUDIENCE),
  /** Thread id. */
  room: z.uuid(),
  workspace: z.uuid(),
  order: roomOrderSchema,
  exp: z.number().int(),
});
export type OrderClaims = z.infer<typeof orderClaimsSchema>;
