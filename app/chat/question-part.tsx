import { Pencil } from "lucide-react";
import { useState } from "react";
import { plainText } from "../../party/protocol";
import { Button } from "../ui/button";
import { EditQuestion } from "./edit-question";
import type { ExchangeActions } from "./exchange-view";
import { QuestionBubble } from "./question-bubble";
import { QuestionVersions } from "./question-versions";
import type { Exchange } from "./timeline";

/** A question with its versions and what can be done about it. */
export function QuestionPart({
  exchange,
  actions,
}: {
  exchange: Exchange;
  actions: ExchangeActions | null;
}) {
  const { message, parent, run, queued, versions } = exchange;
  const [editing, setEditing] = useState(false);
  const text = plainText(message.text);
  const waits = queued && run === null;
  const mayEdit = actions?.mayWrite && !waits && message.ending !== "withdrawn";
  if (editing && actions) {
    return (
      <EditQuestion
        text={text}
        onCancel={() => setEditing(false)}
        onSend={(next) => {
          setEditing(false);
          actions.edit(message, next);
        }}
      />
    );
  }
  return (
    <QuestionBubble
      text={text}
      faded={message.ending === "withdrawn"}
      note={noteOf(exchange)}
      actions={
        actions ? (
          <div className="flex items-center gap-1 empty:hidden">
            {waits && actions.mayWrite ? (
              <Button size="small" tone="ghost" onClick={() => actions.withdraw(message.id)}>
                Withdraw
              </Button>
            ) : null}
            {mayEdit ? (
              <Button
                size="icon"
                tone="ghost"
                aria-label="Ask this differently"
                title="Ask this differently"
                onClick={() => setEditing(true)}
              >
                <Pencil aria-hidden className="size-3.5" />
              </Button>
            ) : null}
            <QuestionVersions
              versions={versions}
              shown={message.id}
              onShow={(id) => actions.show(parent, id)}
              action={actions.form.action}
            />
          </div>
        ) : null
      }
    />
  );
}

function noteOf({ message, run, queued }: Exchange): string | null {
  if (message.ending === "withdrawn") return "Withdrawn before the crew began on it.";
  if (!queued) return null;
  return run === null
    ? "Queued: the crew starts on it when its turn comes."
    : "Retry: the crew starts on it again when its turn comes.";
}
