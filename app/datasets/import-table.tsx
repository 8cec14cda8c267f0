import { Link } from "@remix-run/react";
import { Badge } from "../ui/badge";
import { Card } from "../ui/card";
import { formatCount } from "../ui/format-count";
import { RelativeTime } from "../ui/relative-time";
import { Cell, HeadCell, Row, Table } from "../ui/table";
import type { ImportView } from "./import-view";

export function ImportTable({
  imports,
}: {
  imports: Array<Omit<ImportView, "receipt" | "pricing">>;
}) {
  return (
    <Card className="overflow-hidden">
      <Table label="Imports">
        <thead>
          <tr>
            <HeadCell>File</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell numeric>Rows in</HeadCell>
            <HeadCell numeric>Rejected</HeadCell>
            <HeadCell numeric className="max-sm:hidden">
              Started
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {imports.map((row) => (
            <Row key={row.id}>
              <Cell className="sm:min-w-44">
                <Link to={`/data/imports/${row.id}`} className="text-accent hover:underline">
                  <bdi className="block max-w-32 truncate sm:max-w-72" title={row.fileName}>
                    {row.fileName}
                  </bdi>
                </Link>
              </Cell>
              <Cell>
                <ImportState state={row.state} />
              </Cell>
              <Cell numeric>{formatCount(row.rowsAccepted)}</Cell>
              <Cell numeric className={row.rowsRejected > 0 ? "text-warn" : undefined}>
                {formatCount(row.rowsRejected)}
              </Cell>
              <Cell numeric className="min-w-24 text-ink-3 max-sm:hidden">
                <RelativeTime instant={row.startedAt} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

export function ImportState({ state }: { state: ImportView["state"] }) {
  if (state === "running") return <Badge tone="accent">running</Badge>;
  if (state === "failed") return <Badge tone="danger">failed</Badge>;
  return <Badge>completed</Badge>;
}
