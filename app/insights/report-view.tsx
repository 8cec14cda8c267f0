import type { Report, ReportSection, Writer } from "../../party/protocol";
import { Badge } from "../ui/badge";
import { formatCount } from "../ui/format-count";
import { inPlace } from "../ui/in-place";
import { ActionCard } from "./action-card";
import { ReportBlockView } from "./report-blocks";
import { RichTextView } from "./rich-text";

/** The run's deliverable. Sections keep the report's own order; actions stand after the plan. */
export function ReportView({ report }: { report: Report }) {
  const before = report.sections.filter((section) => isBeforeActions(section));
  const after = report.sections.filter((section) => !isBeforeActions(section));
  const heading = `report-${report.runId}`;
  return (
    <article aria-labelledby={heading} className="grid gap-8">
      <header className="grid gap-2 border-b border-line pb-4">
        <div className="flex items-center gap-2">
          <p className="text-xs font-medium text-ink-3">Report</p>
          <WriterBadge writer={report.writer} />
        </div>
        <h2 id={heading} className="text-xl font-semibold tracking-tight break-words">
          {report.title}
        </h2>
        <CheckedFigures report={report} />
      </header>
      {report.summary.length > 0 ? <ExecutiveSummary report={report} /> : null}
      {before.map((section) => (
        <SectionView key={section.id} section={section} report={report} />
      ))}
      {report.actions.length > 0 ? <Actions report={report} /> : null}
      {after.map((section) => (
        <SectionView key={section.id} section={section} report={report} />
      ))}
    </article>
  );
}

function isBeforeActions(section: ReportSection): boolean {
  return section.id === "findings" || section.id === "plan";
}

function ExecutiveSummary({ report }: { report: Report }) {
  return (
    <section aria-label="Executive summary">
      <ol className="grid gap-3">
        {inPlace(report.summary).map(({ place, item: point }) => (
          <li
            key={place}
            className="grid figure-strong max-w-[62ch] grid-cols-[1.5rem_1fr] text-base leading-7"
          >
            <span aria-hidden="true" className="font-mono text-xs leading-7 text-accent">
              {Number(place) + 1}
            </span>
            <p>
              <RichTextView text={point} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function SectionView({ section, report }: { section: ReportSection; report: Report }) {
  return (
    <section className="grid gap-4">
      <h3 className="flex items-center gap-2 text-base font-semibold">
        {section.title}
        {section.writer === report.writer ? null : <WriterBadge writer={section.writer} />}
      </h3>
      {inPlace(section.blocks).map(({ place, item: block }) => (
        <ReportBlockView key={place} block={block} />
      ))}
    </section>
  );
}

function Actions({ report }: { report: Report }) {
  return (
    <section className="grid gap-3">
      <h3 className="text-base font-semibold">Actions</h3>
      {report.actions.map((action, index) => (
        <ActionCard key={action.id} action={action} place={index + 1} />
      ))}
    </section>
  );
}

function WriterBadge({ writer }: { writer: Writer }) {
  return writer === "rules" ? (
    <Badge title="Written by rules over queries, without a language model">rule-based</Badge>
  ) : (
    <Badge tone="simulated" title="Worded by a language model; its figures were checked">
      model-written
    </Badge>
  );
}

function CheckedFigures({ report }: { report: Report }) {
  const { checked, repaired, replaced } = report.figures;
  if (checked === 0) return <p className="text-xs text-ink-3">Every figure opens its receipt.</p>;
  return (
    <p className="text-xs text-ink-3">
      Every figure opens its receipt. {formatCount(checked)} figures in model-written text were
      checked{repaired > 0 ? `, ${formatCount(repaired)} repaired` : ""}
      {replaced > 0 ? `, ${formatCount(replaced)} passages replaced` : ""}.
    </p>
  );
}
