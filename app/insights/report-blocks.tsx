import type { Evidence, ReportBlock } from "../../party/protocol";
import { Banner } from "../ui/banner";
import { formatCount } from "../ui/format-count";
import { inPlace } from "../ui/in-place";
import { Cell, HeadCell, labelClass, Row, rowNameClass, Table } from "../ui/table";
import { BarList } from "./bar-list";
import { ColumnChart, isTimeSeries } from "./column-chart";
import { useEvidence } from "./evidence-context";
import { type EvidenceRow, evidenceGrid, segmentName } from "./evidence-table";
import { EvidenceTag, ValueLink } from "./figure-link";
import { RichTextView } from "./rich-text";

export function ReportBlockView({ block }: { block: ReportBlock }) {
  switch (block.kind) {
    case "paragraph":
      return (
        <p className="max-w-prose text-[0.9375rem] leading-6">
          <RichTextView text={block.text} />
        </p>
      );
    case "list":
      return (
        <ul className="grid max-w-prose list-disc gap-1.5 pl-5 text-[0.9375rem] leading-6 marker:text-ink-3">
          {inPlace(block.items).map(({ place, item }) => (
            <li key={place}>
              <RichTextView text={item} />
            </li>
          ))}
        </ul>
      );
    case "table":
    case "bars":
      return <ChartFrame block={block} />;
  }
}

type DrawnBlock = Extract<ReportBlock, { kind: "table" | "bars" }>;

function ChartFrame({ block }: { block: DrawnBlock }) {
  const evidence = useEvidence().find(block.evidence);
  if (!evidence) {
    return (
      <Banner tone="warn">
        “{block.title}” cannot be drawn here: evidence {block.evidence} did not arrive. Reload the
        page.
      </Banner>
    );
  }
  return (
    <figure className="overflow-hidden rounded-xl border border-line bg-surface">
      <figcaption className="flex items-center justify-between gap-3 px-4 pt-3 pb-2">
        <span className="text-[0.8125rem] font-semibold">{block.title}</span>
        <EvidenceTag label={block.evidence} />
      </figcaption>
      {block.kind === "table" ? (
        <SegmentTable evidence={evidence} block={block} />
      ) : (
        <div className="px-4 pt-1 pb-4">
          <Bars evidence={evidence} block={block} />
        </div>
      )}
    </figure>
  );
}

function Bars({
  evidence,
  block,
}: {
  evidence: Evidence;
  block: Extract<ReportBlock, { kind: "bars" }>;
}) {
  const all = evidence.values.filter((value) => value.key === block.key && value.segment !== null);
  const shown = all.slice(0, block.limit);
  if (shown.length === 0) return <p className="text-[0.8125rem] text-ink-3">No values.</p>;
  return (
    <>
      {isTimeSeries(shown) ? (
        <ColumnChart evidence={evidence} values={shown} title={block.title} />
      ) : (
        <BarList evidence={evidence} values={shown} />
      )}
      <MoreNotShown left={all.length - shown.length} label={evidence.label} />
    </>
  );
}

function SegmentTable({
  evidence,
  block,
}: {
  evidence: Evidence;
  block: Extract<ReportBlock, { kind: "table" }>;
}) {
  const grid = evidenceGrid(evidence, block.keys);
  const rows = grid.rows.slice(0, block.limit);
  return (
    <>
      <Table label={block.title}>
        <thead>
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
          {rows.map((row) => (
            <ValueRow key={row.segment} evidence={evidence.label} row={row} />
          ))}
          {grid.total ? <ValueRow evidence={evidence.label} row={grid.total} /> : null}
        </tbody>
      </Table>
      <div className="px-4 pb-3 empty:hidden">
        <MoreNotShown left={grid.rows.length - rows.length} label={evidence.label} />
      </div>
    </>
  );
}

function ValueRow({ evidence, row }: { evidence: string; row: EvidenceRow }) {
  return (
    <Row className={row.segment === null ? "font-semibold" : undefined}>
      <Cell className={`${rowNameClass} min-w-28`}>
        <bdi
          className="line-clamp-2 max-w-36 break-words sm:max-w-60"
          title={segmentName(row.segment)}
        >
          {segmentName(row.segment)}
        </bdi>
      </Cell>
      {inPlace(row.cells).map(({ place, item: cell }) => (
        <Cell key={place} numeric>
          {cell ? (
            <ValueLink evidence={evidence} value={cell} />
          ) : (
            <span className="text-ink-3">–</span>
          )}
        </Cell>
      ))}
    </Row>
  );
}

function MoreNotShown({ left, label }: { left: number; label: string }) {
  if (left <= 0) return null;
  return (
    <p className="mt-2 text-xs text-ink-3">
      {formatCount(left)} more in {label}.
    </p>
  );
}
