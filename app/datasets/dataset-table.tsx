import { Link } from "@remix-run/react";
import { Badge } from "../ui/badge";
import { ButtonLink } from "../ui/button";
import { Card } from "../ui/card";
import { formatCount, plural } from "../ui/format-count";
import { formatDay } from "../ui/relative-time";
import { Cell, HeadCell, Row, Table } from "../ui/table";

export interface DatasetRow {
  id: string;
  name: string;
  source: "import" | "demo" | "crew";
  version: number;
  calls: number;
  firstCallAt: string | null;
  lastCallAt: string | null;
  retentionDays: number | null;
}

export function DatasetTable({ datasets }: { datasets: DatasetRow[] }) {
  return (
    <Card className="overflow-hidden">
      <Table label="Datasets">
        <thead>
          <tr>
            <HeadCell>Name</HeadCell>
            <HeadCell numeric className="max-sm:hidden">
              Calls
            </HeadCell>
            <HeadCell className="max-sm:hidden">Period</HeadCell>
            <HeadCell numeric className="max-sm:hidden">
              Version
            </HeadCell>
            <HeadCell>
              <span className="sr-only">Ask</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {datasets.map((dataset) => (
            <Row key={dataset.id}>
              <Cell className="min-w-44">
                <span className="flex flex-wrap items-center gap-2 leading-8">
                  <Link
                    to={`/data/${dataset.id}`}
                    className="max-w-72 truncate font-medium underline-offset-2 hover:underline"
                    title={dataset.name}
                  >
                    <bdi>{dataset.name}</bdi>
                  </Link>
                  {dataset.source === "demo" ? <Badge>generated</Badge> : null}
                  {dataset.source === "crew" ? (
                    <Badge
                      tone="accent"
                      title="What Netra's own crew asked language models in this workspace. It counts in no other figure."
                    >
                      Netra itself
                    </Badge>
                  ) : null}
                </span>
                {dataset.retentionDays === null ? null : (
                  <span className="block text-xs text-ink-3">
                    kept for {plural(dataset.retentionDays, "day")}
                  </span>
                )}
                <span className="block text-xs text-ink-3 sm:hidden">
                  {plural(dataset.calls, "call")}, {periodOf(dataset)}, version {dataset.version}
                </span>
              </Cell>
              <Cell numeric className="leading-8 max-sm:hidden">
                {formatCount(dataset.calls)}
              </Cell>
              <Cell className="leading-8 whitespace-nowrap text-ink-2 max-sm:hidden">
                {periodOf(dataset)}
              </Cell>
              <Cell numeric className="leading-8 max-sm:hidden">
                {dataset.version}
              </Cell>
              <Cell numeric>
                <ButtonLink
                  to={`/data/${dataset.id}/ask`}
                  size="small"
                  aria-label={`Ask about ${dataset.name}`}
                >
                  Ask
                </ButtonLink>
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function periodOf({ firstCallAt, lastCallAt }: DatasetRow): string {
  if (!firstCallAt || !lastCallAt) return "unknown";
  const first = formatDay(firstCallAt);
  const last = formatDay(lastCallAt);
  return first === last ? first : `${first} to ${last}`;
}
