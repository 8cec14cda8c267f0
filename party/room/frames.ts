import type { NumberedEvent, RefusalCode, ServerMessage } from "../protocol";
import { EVENT_MAX_BYTES } from "./storage-layout";

const refusals: Record<RefusalCode, { text: string; retry: boolean; status: number }> = {
  malformed: { text: "This message could not be understood.", retry: false, status: 400 },
  "too-large": { text: "This message is too large.", retry: false, status: 413 },
  "message-too-long": {
    text: "A message may have at most 10,000 characters. Shorten it and send it again.",
    retry: false,
    status: 422,
  },
  "message-empty": { text: "Write something first.", retry: false, status: 422 },
  "outdated-client": {
    text: "Netra was updated. Reload the page to go on.",
    retry: false,
    status: 426,
  },
  "hello-first": { text: "The connection did not begin with hello.", retry: false, status: 400 },
  busy: {
    text: "Too many messages are waiting for an answer. Send it again in a moment.",
    retry: true,
    status: 429,
  },
  "no-such-run": { text: "This analysis is not running any more.", retry: false, status: 404 },
  "no-such-message": {
    text: "This question is not in the thread.",
    retry: false,
    status: 404,
  },
  "not-waiting": {
    text: "This message does not wait any more. Stop its analysis instead.",
    retry: false,
    status: 409,
  },
  "cannot-retry": {
    text: "Only the last analysis of a question can be retried, when it failed or was stopped. Ask again instead.",
    retry: false,
    status: 409,
  },
  "no-such-approval": {
    text: "This is not asked for any more.",
    retry: false,
    status: 404,
  },
  "already-decided": { text: "This was decided already.", retry: false, status: 409 },
  "invalid-values": { text: "A value cannot be taken.", retry: false, status: 422 },
  "not-allowed": {
    text: "You may read this thread, but not write in it.",
    retry: false,
    status: 403,
  },
  "rate-limited": { text: "Too many messages at once. Slow down.", retry: true, status: 429 },
  internal: {
    text: "The message could not be saved. Send it again in a moment.",
    retry: true,
    status: 503,
  },
};

export type Refusal = Extract<ServerMessage, { type: "refusal" }>;

/** `text`: more than the code alone can say. */
export function refusal(code: RefusalCode, id: string | null, text = refusals[code].text): Refusal {
  const { retry } = refusals[code];
  return { type: "refusal", id, code, text, retry };
}

/** HTTP status that says the same as a refusal. */
export function refusalStatus(code: RefusalCode): number {
  return refusals[code].status;
}

export function encode(message: ServerMessage): string {
  return JSON.stringify(message);
}

/** The events after `after` as frames in order, each below 1 MiB: `snapshot` where some were folded away. */
export function replayFrames(events: readonly NumberedEvent[], after: number): string[] {
  const whole = events.every(({ seq }, index) => seq === after + 1 + index);
  if (whole) return eventFrames(events);
  return inFrames(events, (list, last) => `{"type":"snapshot","seq":${last},"events":[${list}]}`);
}

/** `events` frames in order, each below 1 MiB. */
export function eventFrames(events: readonly NumberedEvent[]): string[] {
  return inFrames(events, (list) => `{"type":"events","events":[${list}]}`);
}

function inFrames(
  events: readonly NumberedEvent[],
  frameOf: (list: string, lastSeq: number) => string,
): string[] {
  const frames: string[] = [];
  let parts: string[] = [];
  let bytes = 0;
  let last = 0;
  const close = () => {
    if (parts.length > 0) frames.push(frameOf(parts.join(","), last));
    parts = [];
    bytes = 0;
  };
  for (const event of events) {
    const json = JSON.stringify(event);
    // A UTF-16 code unit is at most three bytes of UTF-8.
    const size = json.length * 3 < EVENT_MAX_BYTES ? json.length * 3 : byteLength(json);
    if (bytes + size > EVENT_MAX_BYTES) close();
    parts.push(json);
    bytes += size;
    last = event.seq;
  }
  close();
  return frames;
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
