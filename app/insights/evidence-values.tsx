import { useEffect, useRef } from "react";
import type { Evidence, EvidenceValue } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { classNames } from "../ui/class-names";
import { inPlace } from "../ui/in-place";
import { Cell, HeadCell, labelClass, Row, rowNameClass, Table } from "../ui/table";
import type { Citation } from "./evidence-context";
import { evidenceGrid, segmentName } from "./evidence-table";

/** Every value of an evidence: a list when it has no segments, otherwise a table. The cited one is marked. */
export function EvidenceValues({ evidence, citation }: { evidence: Evidence; citation: Citation }) {
  const marked = useRef<HTMLElement | null>(null);
  useEffect(() => {
    // Only inside the receipt: the page behind it must not move.
    if (citation.key !== null)
      marked.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [citation.key]);

  const grid = evidenceGrid(evidence);
  const isCited = (value: EvidenceValue) =>
    value.key === citation.key && value.segment === citation.segment;
  const mark = (element: HTMLElement | null) => {
    if (element) marked.current = element;
  };

  if (evidence.values.length === 0) {
    return <p className="text-[0.8125rem] text-ink-3">It holds no values.</p>;
  }
  return (
    <>
      {grid.total ? (
        <dl className="grid gap-0.5 text-[0.8125rem]">
          {grid.total.cells.map((value) =>
            value ? (
              <div
                key={value.key}
                ref={isCited(value) ? mark : undefined}
                aria-current={isCited(value) ? "true" : undefined}
                className={classNames(
                  "-mx-2 flex items-baseline gap-2 rounded px-2 py-0.5",
                  isCited(value) && "bg-accent-soft",
                )}
              >
                <dt className="text-ink-2 first-letter:uppercase">{value.label}</dt>
                <span aria-hidden className="leader" />
                <dd className="text-right">
                  <Value value={value} />
                </dd>
              </div>
            ) : null,
          )}
        </dl>
      ) : null}
      {grid.rows.length > 0 ? (
        <Table
          label="Values"
          className="-mx-1 max-h-96 overflow-y-auto rounded-lg border border-line"
        >
          <thead className="sticky top-0 z-2 bg-surface">
            <tr>
              <HeadCell className={`${rowNameClass} ${labelClass}`}>
                {evidence.segmentLabel ?? "Segment"}
              </HeadCell>
              {grid.columns.map((column) => (
                <HeadCell key={column.key} numeric className={labelClass}>
                  {column.label}
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.rows.map((row) => (
              <Row key={row.segment}>
                <Cell className={rowNameClass}>
                  <bdi className="block max-w-36 break-words">{segmentName(row.segment)}</bdi>
                </Cell>
                {inPlace(row.cells).map(({ place, item: value }) => (
                  <Cell
                    key={place}
                    numeric
                    ref={value && isCited(value) ? mark : undefined}
                    aria-current={value && isCited(value) ? "true" : undefined}
                    className={classNames(
                      "scroll-ml-44",
                      value && isCited(value) && "bg-accent-soft",
                    )}
                  >
                    {value ? <Value value={value} /> : <span className="text-ink-3">–</span>}
                  </Cell>
                ))}
              </Row>
            ))}
          </tbody>
        </Table>
      ) : null}
    </>
  );
}

/** The rounded figure, and every digit it was rounded from. */
function Value({ value }: { value: EvidenceValue }) {
  const text = formatValue(value);
  const exact =
    value.value !== null && value.unit !== "date" ? `${value.value} ${value.unit}` : undefined;
  return (
    <>
      <span
        title={exact}
        className={classNames("font-medium", value.value === null && "text-ink-3 italic")}
      >
        {text}
      </span>
      {value.note ? (
        <span className="block text-xs font-normal text-ink-3">{value.note}</span>
      ) : null}
    </>
  );
}
