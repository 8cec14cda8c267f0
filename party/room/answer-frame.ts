import { closeCodes } from "../protocol";
import type { Conversation } from "./conversation";
import { type Refusal, refusal } from "./frames";
import { readFrame } from "./read-frame";
import { type Session, STRIKES_MAX } from "./sessions";

/** How old the knowledge of a membership may be when somebody writes, ms. */
const SEND_TRUST_MS = 5_000;

/** Answers one frame of a client; whatever the frame holds gets an answer, never an exception. */
export async function answerFrame(
  conversation: Conversation,
  session: Session,
  data: unknown,
  now: number,
): Promise<void> {
  const { sessions } = conversation;
  const strike = (answer: Refusal) => {
    session.strikes += 1;
    sessions.send(session, answer);
    if (answer.code === "outdated-client") {
      sessions.expel(session, closeCodes.outdatedClient, answer.code);
    } else if (session.strikes > STRIKES_MAX) {
      sessions.expel(session, closeCodes.abusive, answer.code);
    }
  };
  if (!sessions.spend(session, now)) return strike(refusal("rate-limited", null));
  const frame = readFrame(data);
  if (!frame.ok) return strike(frame.refusal);
  const { message } = frame;
  switch (message.type) {
    case "ping":
      return sessions.send(session, { type: "pong" });
    case "hello":
      if (session.state !== "awaiting-hello") return strike(refusal("malformed", null));
      return conversation.greet(session, message.lastSeq);
    case "message.send":
    case "message.edit":
    case "approval.give":
    case "run.retry":
      if (session.state === "awaiting-hello") return strike(refusal("hello-first", message.id));
      if (!(await conversation.isStillMember(session, SEND_TRUST_MS))) return;
      return sessions.send(session, await conversation.take(session.claims, message));
    case "message.withdraw": {
      const { messageId } = message;
      if (session.state === "awaiting-hello") return strike(refusal("hello-first", messageId));
      if (!(await conversation.isStillMember(session, SEND_TRUST_MS))) return;
      const problem = await conversation.withdraw(session.claims, messageId);
      if (problem) sessions.send(session, problem);
      return;
    }
    case "run.cancel": {
      if (session.state === "awaiting-hello") return strike(refusal("hello-first", message.runId));
      const problem = await conversation.cancel(session.claims, message.runId);
      if (problem) sessions.send(session, problem);
    }
  }
}
