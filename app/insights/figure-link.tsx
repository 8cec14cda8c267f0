import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { EvidenceValue, Figure } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { classNames } from "../ui/class-names";
import { type Citation, useEvidence } from "./evidence-context";

/** A link to a receipt: opens the drawer, or its own page without script or in a new tab. */
export function EvidenceLink({
  citation,
  label,
  className,
  children,
}: {
  citation: Citation;
  /** What a screen reader says. */
  label: string;
  className?: string;
  children: ReactNode;
}) {
  const { find, addressOf, open } = useEvidence();
  const evidence = find(citation.evidence);
  return (
    <Link
      to={addressOf(citation)}
      aria-label={label}
      title={
        evidence
          ? `${citation.evidence} · ${evidence.ground} · ${evidence.what}`
          : citation.evidence
      }
      className={className}
      onClick={(event) => {
        const plainClick =
          event.button === 0 &&
          !event.metaKey &&
          !event.ctrlKey &&
          !event.shiftKey &&
          !event.altKey;
        if (!open || !plainClick) return;
        event.preventDefault();
        open(citation, event.currentTarget);
      }}
    >
      {children}
    </Link>
  );
}

/** A figure in a text, with its receipt behind it. */
export function FigureLink({ figure }: { figure: Figure }) {
  return (
    <EvidenceLink
      citation={figure}
      label={`${figure.text}, evidence ${figure.evidence}`}
      className="figure"
    >
      {figure.text}
    </EvidenceLink>
  );
}

/** A value of a table or a chart, with its receipt behind it. */
export function ValueLink({
  evidence,
  value,
  className,
}: {
  evidence: string;
  value: EvidenceValue;
  className?: string;
}) {
  const text = formatValue(value);
  return (
    <EvidenceLink
      citation={{ evidence, segment: value.segment, key: value.key }}
      label={`${text}, evidence ${evidence}`}
      className={classNames(
        "figure figure-quiet",
        value.value === null && "text-ink-3 italic",
        className,
      )}
    >
      {text}
    </EvidenceLink>
  );
}

/** The label of an evidence as a small tag: `E7`. */
export function EvidenceTag({ label }: { label: string }) {
  return (
    <EvidenceLink
      citation={{ evidence: label, segment: null, key: null }}
      label={`Evidence ${label}`}
      className="inline-flex h-5 min-w-6 items-center justify-center rounded border border-line px-1.5 font-mono text-2xs text-ink-2 hover:border-accent hover:text-accent pointer-coarse:h-7 pointer-coarse:min-w-8"
    >
      {label}
    </EvidenceLink>
  );
}
