import type { Inspection } from "../../db/ingest";
import { inPlace } from "../ui/in-place";
import { Cell, HeadCell, Row, Table } from "../ui/table";

/** So many columns are shown of a file; the rest is named by number. */
const SHOWN_COLUMNS = 12;

/** The first rows, each column with the field of a call it was recognised as. */
export function SampleTable({ inspection }: { inspection: Inspection }) {
  const columns = inspection.columns.slice(0, SHOWN_COLUMNS);
  const left = inspection.columns.length - columns.length;
  const fieldOf = (column: string) =>
    inspection.mapping.find((entry) => entry.column === column)?.field;
  return (
    <div className="grid gap-2">
      <Table label="First rows" className="rounded-lg border border-line">
        <thead>
          <tr>
            {inPlace(columns).map(({ place, item: column }) => (
              <HeadCell key={place}>
                <bdi className="block max-w-48 truncate text-ink">{column}</bdi>
                <span className="font-normal">{wordsOf(fieldOf(column))}</span>
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {inPlace(inspection.sample).map(({ place: line, item: cells }) => (
            <Row key={line}>
              {inPlace(cells.slice(0, columns.length)).map(({ place, item: cell }) => (
                <Cell key={place} className="font-mono text-xs">
                  <bdi className="block max-w-48 truncate" title={cell}>
                    {cell}
                  </bdi>
                </Cell>
              ))}
            </Row>
          ))}
        </tbody>
      </Table>
      {left > 0 ? (
        <p className="text-xs text-ink-3">{left} further columns are not shown.</p>
      ) : null}
    </div>
  );
}

/** `inputTokens` as a person reads it. */
function wordsOf(field: string | undefined): string {
  if (field === undefined) return "not used";
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
