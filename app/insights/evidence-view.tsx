import type { ReactNode } from "react";
import type { Evidence } from "../../party/protocol";
import { GroundBadge } from "../ui/badge";
import { classNames } from "../ui/class-names";
import { CopyButton } from "../ui/copy-button";
import { formatCount, formatElapsed } from "../ui/format-count";
import { formatInstant } from "../ui/relative-time";
import { EvidenceCheck, type EvidenceCheckPlace } from "./evidence-check";
import type { Citation } from "./evidence-context";
import { EvidenceValues } from "./evidence-values";

/** The whole receipt: what was computed, how, over what, and what came out, the cited value marked. */
export function EvidenceView({
  evidence,
  citation,
  check,
}: {
  evidence: Evidence;
  citation: Citation;
  /** Where it may be checked again; null for readers who may not. */
  check: EvidenceCheckPlace | null;
}) {
  return (
    <div className="grid gap-6 px-5 py-5">
      <div className="grid gap-2">
        <p className="text-sm leading-6 break-words">{evidence.what}</p>
        <div>
          <GroundBadge ground={evidence.ground} />
        </div>
      </div>

      <Part title="Values">
        <EvidenceValues evidence={evidence} citation={citation} />
      </Part>

      {check && evidence.question ? <EvidenceCheck label={evidence.label} place={check} /> : null}

      <dl className="grid gap-1.5 text-[0.8125rem]">
        <Line
          name="Rows read"
          value={evidence.rowsRead === null ? "none" : formatCount(evidence.rowsRead)}
        />
        <Line name="Took" value={formatElapsed(evidence.elapsedMs)} />
        <Line name="Prices" value={evidence.catalogueVersion} />
        {evidence.datasets.map((dataset) => (
          <Line
            key={dataset.id}
            name="Dataset"
            value={`${dataset.name}, version ${dataset.version}`}
          />
        ))}
        <Line name="Computed" value={formatInstant(evidence.at)} />
        <Line name="Tool" value={evidence.tool} />
      </dl>

      {evidence.assumptions.length > 0 ? (
        <Part title="Assumptions">
          <ul className="grid list-disc gap-1 pl-5 text-[0.8125rem] marker:text-ink-3">
            {evidence.assumptions.map((assumption) => (
              <li key={assumption} className="break-words">
                {assumption}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}

      {evidence.formula ? (
        <Part title="Formula">
          <Code text={evidence.formula} wrap />
        </Part>
      ) : null}

      {evidence.sql ? (
        <Part title="SQL" action={<CopyButton text={evidence.sql} label="Copy SQL" />}>
          <Code text={evidence.sql} />
        </Part>
      ) : null}

      {Object.keys(evidence.parameters).length > 0 ? (
        <Part title="Parameters">
          <dl className="grid gap-1.5 font-mono text-xs">
            {Object.entries(evidence.parameters).map(([name, value]) => (
              <Line key={name} name={name} value={showParameter(value)} />
            ))}
          </dl>
        </Part>
      ) : null}
    </div>
  );
}

function showParameter(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Part({
  title,
  action,
  children,
}: {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="grid gap-2">
      <header className="flex min-h-8 items-center justify-between">
        <h3 className="text-[0.8125rem] font-semibold">{title}</h3>
        {action}
      </header>
      {children}
    </section>
  );
}

/** A line of the receipt: name, dotted leader, value. */
function Line({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex items-baseline gap-2">
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <span aria-hidden className="leader" />
      <dd className="min-w-0 text-right break-all">{value}</dd>
    </div>
  );
}

function Code({ text, wrap = false }: { text: string; wrap?: boolean }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={classNames(
        "max-h-80 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-5",
        wrap ? "break-words whitespace-pre-wrap" : "whitespace-pre",
      )}
    >
      {text}
    </pre>
  );
}
