import type { ImportReceipt } from "../../db/ingest";
import { Badge } from "../ui/badge";
import { Card } from "../ui/card";
import { formatCount } from "../ui/format-count";
import { Cell, HeadCell, Row, Table } from "../ui/table";

/** Why rows were not taken: counted by reason, and the first ones with line, column and value. */
export function RejectionTable({ receipt }: { receipt: ImportReceipt }) {
  const shown = receipt.rejections.length;
  return (
    <section aria-labelledby="rejections-heading" className="grid gap-3">
      <h2 id="rejections-heading" className="text-sm font-semibold">
        Rejected rows
      </h2>
      <p className="flex flex-wrap gap-1.5">
        {receipt.rejectedBy.map(({ reason, count }) => (
          <Badge key={reason} tone="warn">
            {formatCount(count)} × {reason.replaceAll("-", " ")}
          </Badge>
        ))}
      </p>
      <Card className="overflow-hidden">
        <Table label="Rejected rows" className="max-h-[28rem] overflow-y-auto">
          <thead className="sticky top-0 bg-surface">
            <tr>
              <HeadCell numeric>Line</HeadCell>
              <HeadCell>Column</HeadCell>
              <HeadCell>Value</HeadCell>
              <HeadCell>Why</HeadCell>
            </tr>
          </thead>
          <tbody>
            {receipt.rejections.map((rejection) => (
              <Row key={`${rejection.line} ${rejection.column}`}>
                <Cell numeric>{formatCount(rejection.line)}</Cell>
                <Cell>
                  <bdi className="block max-w-40 break-words">
                    {rejection.column ?? "whole row"}
                  </bdi>
                </Cell>
                <Cell>
                  <bdi className="block max-w-56 min-w-24 font-mono text-xs break-all">
                    {rejection.value === "" ? "(empty)" : rejection.value}
                  </bdi>
                </Cell>
                <Cell className="min-w-52 break-words">{rejection.text}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </Card>
      {receipt.rowsRejected > shown ? (
        <p className="text-xs text-ink-3">
          The first {formatCount(shown)} of {formatCount(receipt.rowsRejected)}.
        </p>
      ) : null}
    </section>
  );
}
