import { Link } from "@remix-run/react";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { ReportAction } from "../../party/protocol";
import { Badge, GroundBadge } from "../ui/badge";
import { Card } from "../ui/card";
import { useEvidence } from "./evidence-context";
import { EvidenceTag, FigureLink } from "./figure-link";
import { RichTextView } from "./rich-text";

const riskTone = { low: "neutral", medium: "warn", high: "danger" } as const;

/** A saving as something to do: what to change, what it brings, how to check it and how to undo it. */
export function ActionCard({ action, place }: { action: ReportAction; place: number }) {
  return (
    <Card className="overflow-hidden">
      <div className="grid gap-3 p-4 sm:p-5">
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <h4 className="flex min-w-0 gap-2.5 text-[0.9375rem] font-semibold">
            <span className="text-ink-3">{place}</span>
            <span className="min-w-0 break-words">{action.title}</span>
          </h4>
          <Saving action={action} />
        </header>
        <p className="max-w-prose text-sm leading-6 text-ink-2">
          <RichTextView text={action.change} />
        </p>
        <div className="flex flex-wrap items-center gap-1.5">
          <GroundBadge ground={action.ground} />
          <Badge tone={riskTone[action.risk]}>{action.risk} risk</Badge>
          <Badge>{action.effort} effort</Badge>
          <Badge>{action.owner}</Badge>
          <TrackLink action={action} />
        </div>
      </div>
      <details className="group border-t border-line">
        <summary className="flex items-center gap-1.5 px-4 py-2.5 text-[0.8125rem] font-medium text-ink-2 hover:bg-sunken sm:px-5">
          <ChevronRight
            aria-hidden
            className="size-3.5 transition-transform group-open:rotate-90"
          />
          Risk, verification and rollback
        </summary>
        <dl className="grid gap-3 px-4 pt-1 pb-4 text-sm sm:px-5">
          <Detail name="Latency">
            <RichTextView text={action.latency} />
          </Detail>
          <Detail name="Quality">
            <RichTextView text={action.quality} />
          </Detail>
          <Detail name="Risk">
            <RichTextView text={action.riskReason} />
          </Detail>
          <Detail name="Verify">{action.verification}</Detail>
          <Detail name="Roll back">{action.rollback}</Detail>
          <Detail name="Evidence">
            <span className="flex flex-wrap gap-1.5">
              {action.evidence.map((label) => (
                <EvidenceTag key={label} label={label} />
              ))}
            </span>
          </Detail>
        </dl>
      </details>
    </Card>
  );
}

/** To accept it, and to see later what came of it. */
function TrackLink({ action }: { action: ReportAction }) {
  const address = useEvidence().actionAddress?.(action.id);
  if (!address) return null;
  return (
    <Link
      to={address}
      aria-label={`Accept and verify: ${action.title}`}
      className="ml-auto inline-flex min-h-6 items-center text-xs font-medium text-accent-strong hover:underline pointer-coarse:min-h-10"
    >
      Accept and verify
    </Link>
  );
}

function Saving({ action }: { action: ReportAction }) {
  if (!action.saving) return <p className="text-sm text-ink-3 italic">saving unknown</p>;
  return (
    <p className="sm:text-right">
      <span className="figure-strong block text-base">
        <FigureLink figure={action.saving} />
      </span>
      {action.savingLow && action.savingHigh ? (
        <span className="text-xs text-ink-3">
          <FigureLink figure={action.savingLow} /> to <FigureLink figure={action.savingHigh} />
        </span>
      ) : null}
    </p>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 sm:grid-cols-[6.5rem_1fr] sm:gap-3">
      <dt className="text-xs leading-5 text-ink-3">{name}</dt>
      <dd className="max-w-prose min-w-0 leading-5 break-words whitespace-pre-line">{children}</dd>
    </div>
  );
}
