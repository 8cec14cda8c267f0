import type { EvidenceDraft } from "../../party/protocol";
import { formatCount } from "../ui/format-count";

/** What of an evidence says how its figures came to be. */
export type ReceiptDraft = Pick<
  EvidenceDraft,
  "formula" | "sql" | "parameters" | "rowsRead" | "catalogueVersion" | "datasets" | "assumptions"
>;

/** How figures outside a thread were computed, folded away: the formula, what is assumed, the query with its values. */
export function Receipt({ draft }: { draft: ReceiptDraft }) {
  return (
    <details className="min-w-0 border-t border-line pt-2 text-[0.8125rem] text-ink-2">
      <summary className="py-1 font-medium">How it was computed</summary>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 pt-1">
        {draft.formula ? <p>{draft.formula}</p> : null}
        <p className="break-words">
          {draft.rowsRead === null ? null : `${formatCount(draft.rowsRead)} rows read. `}
          Prices: {draft.catalogueVersion}. Data:{" "}
          {draft.datasets.map(({ name, version }) => `${name}, version ${version}`).join("; ")}.
        </p>
        {draft.assumptions.length > 0 ? (
          <ul className="list-disc pl-5">
            {draft.assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        ) : null}
        {draft.sql ? (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            className="max-h-72 overflow-auto rounded-lg bg-sunken p-3 text-xs"
          >
            {`${draft.sql}\n\n-- ${JSON.stringify(draft.parameters)}`}
          </pre>
        ) : null}
      </div>
    </details>
  );
}
