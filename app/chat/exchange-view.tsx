import { memo } from "react";
import { plainText } from "../../party/protocol";
import { ReportView } from "../insights/report-view";
import { RichTextView } from "../insights/rich-text";
import { Badge } from "../ui/badge";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { CrewProgress } from "./crew-progress";
import { QuestionBubble } from "./question-bubble";
import type { Exchange } from "./timeline";

/** Where the page scrolls to when the report of a run arrives. */
export function reportAnchor(runId: string): string {
  return `report-of-${runId}`;
}

/** A question, the crew's work on it, its answer and its report. Drawn anew only when something of it changed. */
export const ExchangeView = memo(function ExchangeView({
  exchange,
  saysRuleBased,
  onWithdraw,
}: ExchangeProps) {
  const { message, run, queued, answers, report } = exchange;
  return (
    <div className="grid gap-5">
      <QuestionBubble
        text={plainText(message.text)}
        faded={message.ending === "withdrawn"}
        note={noteOf(exchange)}
        actions={
          queued && onWithdraw ? (
            <Button size="small" tone="ghost" onClick={() => onWithdraw(message.id)}>
              Withdraw
            </Button>
          ) : null
        }
      />
      {run ? (
        <>
          {saysRuleBased ? (
            <Banner>No language model configured: rule-based analysis.</Banner>
          ) : null}
          <CrewProgress run={run} />
          {answers.map((answer) => (
            <div key={answer.id} className="grid gap-2">
              <p className="max-w-prose text-[0.9375rem] leading-6 break-words">
                <RichTextView text={answer.text} />
              </p>
              {answer.ending === "stopped" ? <Badge>stopped in the middle</Badge> : null}
              {answer.ending === "failed" ? <Badge tone="danger">broken off</Badge> : null}
            </div>
          ))}
          {run.streaming.length > 0 ? (
            <p className="max-w-prose text-[0.9375rem] leading-6 break-words" aria-busy="true">
              <RichTextView text={run.streaming} />
              <span
                aria-hidden
                className="ml-0.5 inline-block h-4 w-1.5 translate-y-0.5 animate-[netra-pulse_1s_step-end_infinite] bg-accent"
              />
            </p>
          ) : null}
          {report ? (
            <div id={reportAnchor(run.id)} className="scroll-mt-16 pt-3">
              <ReportView report={report} />
            </div>
          ) : null}
        </>
      ) : null}
    </div>
  );
}, looksTheSame);

interface ExchangeProps {
  exchange: Exchange;
  /** Said once in a thread; each report then carries who wrote it. */
  saysRuleBased: boolean;
  /** Takes back a message that waits; must keep its identity. Absent where nobody may. */
  onWithdraw?: ((messageId: string) => void) | undefined;
}

function noteOf({ message, queued }: Exchange): string | null {
  if (message.ending === "withdrawn") return "Withdrawn before the crew began on it.";
  return queued ? "Queued: the crew starts on it when its turn comes." : null;
}

/** A fold keeps what it did not change, so identity tells; only the list of answers is made anew each time. */
function looksTheSame(before: ExchangeProps, after: ExchangeProps): boolean {
  const [a, b] = [before.exchange, after.exchange];
  return (
    before.saysRuleBased === after.saysRuleBased &&
    before.onWithdraw === after.onWithdraw &&
    a.message === b.message &&
    a.run === b.run &&
    a.queued === b.queued &&
    a.report === b.report &&
    a.answers.length === b.answers.length &&
    a.answers.every((answer, place) => answer === b.answers[place])
  );
}
