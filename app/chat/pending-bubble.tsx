import { Button } from "../ui/button";
import type { PendingMessage } from "./pending-messages";
import { QuestionBubble } from "./question-bubble";

/** A message that has not arrived yet, or was refused and why. */
export function PendingBubble({
  message,
  connected,
  onSendAgain,
  onForget,
}: {
  message: PendingMessage;
  connected: boolean;
  onSendAgain: () => void;
  onForget: () => void;
}) {
  const note =
    message.problem ?? (connected ? "Sending…" : "Goes out when the connection is back.");
  return (
    <QuestionBubble
      text={message.text}
      note={note}
      actions={
        message.problem === null ? null : (
          <div className="flex gap-1">
            <Button size="small" onClick={onSendAgain}>
              Send again
            </Button>
            <Button size="small" tone="ghost" onClick={onForget}>
              Discard
            </Button>
          </div>
        )
      }
    />
  );
}
