import { withRetry } from "../../db/retry";
import { serverMessageSchema, type Writing } from "../../party/protocol";
import type { RoomDoor } from "./room-door.server";

/** The room of the thread did not answer. Sending the same message again is safe: its id is taken once. */
export class RoomUnreachable extends Error {
  override readonly name = "RoomUnreachable";
  readonly retryable = true;
  constructor(
    readonly threadId: string,
    cause: unknown,
  ) {
    super(`The room of thread ${threadId} did not answer`, { cause });
  }
}

/** The room answered and did not take the message; `text` is for people. */
export class RoomRefusal extends Error {
  override readonly name = "RoomRefusal";
  readonly retryable = false;
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`The room refused a message (${status})`);
  }
}

const TIMEOUT_MS = 5_000;

/**
 * Hands what somebody wrote to its thread's room over HTTP, for pages without a socket: a thread's first
 * message and forms without script. Resolves once the room has stored it.
 * @throws RoomUnreachable, RoomRefusal
 */
export async function postWriting(
  rooms: RoomDoor,
  { threadId, ticket, writing }: { threadId: string; ticket: string; writing: Writing },
): Promise<void> {
  const response = await withRetry(
    { attempts: 3, firstWaitMs: 150 },
    async () => {
      const answer = await rooms(`/parties/main/${threadId}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${ticket}`, "Content-Type": "application/json" },
        body: JSON.stringify(writing),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new RoomUnreachable(threadId, cause);
      });
      if (answer.status >= 500) {
        throw new RoomUnreachable(threadId, new Error(`HTTP ${answer.status}`));
      }
      return answer;
    },
    (error) => error instanceof RoomUnreachable,
  );
  if (!response.ok) throw new RoomRefusal(response.status, await refusalText(response));
}

async function refusalText(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const refusal = serverMessageSchema.safeParse(body);
  return refusal.success && refusal.data.type === "refusal"
    ? refusal.data.text
    : "The crew did not take the message.";
}

/** What the page says when a message did not reach the room. */
export function sendProblem(error: unknown): string {
  if (error instanceof RoomRefusal) return error.text;
  if (error instanceof RoomUnreachable) {
    return "The crew cannot be reached right now. Your text is kept: send it again in a moment.";
  }
  throw error;
}
