import { FRAME_MAX_BYTES, PROTOCOL_VERSION } from "../../party/protocol";
import type { Random } from "../simulator/random";

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  "",
  "\u0000",
  "\ud800",
  "__proto__",
  "constructor",
  [],
  {},
  [[[[]]]],
  { __proto__: { type: "ping" } },
];

/** A frame as a client could send it: right, nearly right, or anything. */
export function makeFrame(random: Random): unknown {
  const right = () =>
    random.pick([
      { type: "ping" },
      { type: "hello", v: PROTOCOL_VERSION, lastSeq: random.int(0, 30) },
      { type: "message.send", id: random.uuid(), text: "x".repeat(random.int(1, 40)) },
      { type: "message.send", id: random.uuid(), text: "é".repeat(random.int(9_990, 10_010)) },
      { ...{ type: "message.send", id: random.uuid(), text: "now" }, whenBusy: "replace" },
      { type: "message.withdraw", messageId: random.uuid() },
      {
        ...{ type: "approval.give", id: random.uuid(), runId: random.uuid() },
        ...{ approvalId: random.uuid(), decision: "edit", values: { usd: 1 } },
      },
      { type: "message.edit", id: random.uuid(), replaces: random.uuid(), text: "again" },
      { type: "run.retry", id: random.uuid(), runId: random.uuid() },
      { type: "run.cancel", runId: random.uuid() },
    ]);
  switch (random.int(0, 9)) {
    case 0:
    case 1:
    case 2:
      return JSON.stringify(right());
    case 3:
    case 4: {
      const message: Record<string, unknown> = { ...right() };
      const field = random.pick([...Object.keys(message), "extra"]);
      message[field] = random.pick(odd);
      if (random.chance(0.2)) delete message[random.pick(Object.keys(message))];
      return JSON.stringify(message);
    }
    case 5: {
      const text = JSON.stringify(right());
      const at = random.int(0, text.length);
      const piece = String.fromCharCode(random.int(0, 0xffff)).repeat(random.int(0, 3));
      return text.slice(0, at) + piece + text.slice(at + random.int(0, 2));
    }
    case 6:
      return Array.from({ length: random.int(0, 200) }, () =>
        String.fromCharCode(random.int(0, 0xffff)),
      ).join("");
    case 7: {
      const depth = random.int(1, 20_000);
      return random.chance(0.5)
        ? "[".repeat(depth) + "]".repeat(random.chance(0.5) ? depth : 0)
        : `${'{"type":'.repeat(depth)}1${"}".repeat(depth)}`;
    }
    case 8:
      return random.chance(0.2)
        ? "x".repeat(FRAME_MAX_BYTES + random.int(-2, 2))
        : JSON.stringify(random.pick(odd));
    default:
      return random.pick([new ArrayBuffer(random.int(0, 64)), new Uint8Array(8), 7]);
  }
}
