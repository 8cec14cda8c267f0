import { RotateCcw } from "lucide-react";
import { Fragment, memo } from "react";
import type { Choice, Message, Role } from "../../party/protocol";
import { ReportView } from "../insights/report-view";
import { RichTextView } from "../insights/rich-text";
import { Badge } from "../ui/badge";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { ApprovalCard } from "./approval-card";
import { CrewProgress } from "./crew-progress";
import { IntentForm } from "./intent-form";
import type { LiveThread } from "./live-thread";
import { OfferedChoices } from "./offered-choices";
import { QuestionPart } from "./question-part";
import type { RunView } from "./thread-state";
import type { Exchange } from "./timeline";

/** Where the page scrolls to when the report of a run arrives. */
export function reportAnchor(runId: string): string {
  return `report-of-${runId}`;
}

/** A question, the crew's work on it, its answer and its report. Drawn anew only when something of it changed. */
export const ExchangeView = memo(function ExchangeView({
  exchange,
  saysRuleBased,
  isLast = false,
  actions = null,
}: ExchangeProps) {
  const { earlier, run, answers, report } = exchange;
  return (
    <div className="grid gap-5">
      <QuestionPart exchange={exchange} actions={actions} />
      {earlier.map((attempt) => (
        <Fragment key={attempt.run.id}>
          <CrewProgress run={attempt.run} />
          <Answers answers={attempt.answers} />
        </Fragment>
      ))}
      {run ? (
        <>
          {saysRuleBased ? (
            <Banner>No language model configured: rule-based analysis.</Banner>
          ) : null}
          <CrewProgress run={run} />
          <Answers answers={answers} />
          {actions?.mayWrite ? (
            <OfferedChoices
              choices={answers.findLast(({ choices }) => choices !== undefined)?.choices ?? []}
              isOpen={isLast}
              actions={actions}
            />
          ) : null}
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
          {run.approvals.map((approval) => (
            <ApprovalCard
              key={approval.request.id}
              approval={approval}
              runId={run.id}
              role={run.state === "waiting-approval" ? (actions?.role ?? null) : null}
              form={actions?.form ?? null}
              onDecide={(decision, values) =>
                actions?.decide({
                  runId: run.id,
                  approvalId: approval.request.id,
                  decision,
                  values,
                })
              }
            />
          ))}
          {actions?.mayWrite && run.state === "waiting-approval" ? (
            <div>
              <Button size="small" tone="ghost" onClick={() => actions.stop(run.id)}>
                Stop without deciding
              </Button>
            </div>
          ) : null}
          {actions?.mayWrite && mayRetry(run) ? (
            <IntentForm
              intent="retry"
              runId={run.id}
              form={actions.form}
              onPress={() => actions.retry(run.id)}
            >
              <Button type="submit" size="small">
                <RotateCcw aria-hidden className="size-3.5" />
                Retry
              </Button>
            </IntentForm>
          ) : null}
        </>
      ) : null}
    </div>
  );
}, looksTheSame);

function Answers({ answers }: { answers: readonly Message[] }) {
  return answers.map((answer) => (
    <div key={answer.id} className="grid gap-2">
      <p className="max-w-prose text-[0.9375rem] leading-6 break-words">
        <RichTextView text={answer.text} />
      </p>
      {answer.ending === "stopped" ? <Badge>stopped in the middle</Badge> : null}
      {answer.ending === "failed" ? <Badge tone="danger">broken off</Badge> : null}
    </div>
  ));
}

function mayRetry({ state, retried }: RunView): boolean {
  return (state === "failed" || state === "cancelled") && !retried;
}

/** What a reader can do about an exchange; all but `show` only who may write. */
export interface ExchangeActions {
  mayWrite: boolean;
  role: Role;
  decide: LiveThread["decide"];
  /** Takes back a message that waits. */
  withdraw: (messageId: string) => void;
  /** Ends a run that waits for an approval. */
  stop: (runId: string) => void;
  /** Asks for a new run in place of one that failed or was stopped. */
  retry: (runId: string) => void;
  /** Sends an answer that the crew offered. */
  choose: (choice: Choice) => void;
  /** The form of the page without script: where it goes, and the id of the message it would send. */
  form: { action: string; messageId: string };
  /** Asks a question differently. */
  edit: (message: Message, text: string) => void;
  /** Shows this version of the questions that follow `parent`. */
  show: (parent: string | null, messageId: string) => void;
}

interface ExchangeProps {
  exchange: Exchange;
  /** Said once in a thread; each report then carries who wrote it. */
  saysRuleBased: boolean;
  /** Nothing was said after it in this branch. */
  isLast?: boolean;
  /** Must keep its identity. Null on a copy that is only read. */
  actions?: ExchangeActions | null;
}

/** A fold keeps what it did not change, so identity tells; only the list of answers is made anew each time. */
function looksTheSame(before: ExchangeProps, after: ExchangeProps): boolean {
  const [a, b] = [before.exchange, after.exchange];
  return (
    before.saysRuleBased === after.saysRuleBased &&
    before.isLast === after.isLast &&
    before.actions === after.actions &&
    a.parent === b.parent &&
    a.versions.join() === b.versions.join() &&
    a.earlier.length === b.earlier.length &&
    a.message === b.message &&
    a.run === b.run &&
    a.queued === b.queued &&
    a.report === b.report &&
    a.answers.length === b.answers.length &&
    a.answers.every((answer, place) => answer === b.answers[place])
  );
}
