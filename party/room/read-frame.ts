import { z } from "zod";
import {
  type ClientMessage,
  clientMessageSchema,
  FRAME_MAX_BYTES,
  MESSAGE_MAX_CHARACTERS,
  PROTOCOL_VERSION,
} from "../protocol";
import { byteLength, type Refusal, refusal } from "./frames";

export type ReadFrame = { ok: true; message: ClientMessage } | { ok: false; refusal: Refusal };

const outlineSchema = z.looseObject({
  type: z.string(),
  id: z.string().max(64).optional(),
  v: z.unknown().optional(),
  text: z.string().optional(),
});

/** What a client's frame says, or why the room does not take it. Pure. */
export function readFrame(data: unknown): ReadFrame {
  const refuse = (code: Refusal["code"], id: string | null = null): ReadFrame => ({
    ok: false,
    refusal: refusal(code, id),
  });
  if (typeof data !== "string") return refuse("malformed");
  if (data.length > FRAME_MAX_BYTES || byteLength(data) > FRAME_MAX_BYTES) {
    return refuse("too-large");
  }
  const outline = outlineSchema.safeParse(parseJson(data));
  if (!outline.success) return refuse("malformed");
  const { type, id = null, v, text } = outline.data;
  // Before the shape is looked at: another version may have another shape.
  if (type === "hello" && v !== PROTOCOL_VERSION) return refuse("outdated-client");
  const message = clientMessageSchema.safeParse(outline.data);
  if (message.success) return { ok: true, message: message.data };
  if ((type === "message.send" || type === "message.edit") && text !== undefined) {
    const trimmed = text.trim();
    if (trimmed.length === 0) return refuse("message-empty", id);
    if (trimmed.length > MESSAGE_MAX_CHARACTERS) return refuse("message-too-long", id);
  }
  return refuse("malformed", id);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
