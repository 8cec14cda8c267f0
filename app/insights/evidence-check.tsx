import { useFetcher } from "@remix-run/react";
import { RefreshCw } from "lucide-react";
import type { Unit } from "../../party/protocol/evidence";
import { formatValue } from "../../party/protocol/format";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { classNames } from "../ui/class-names";
import { formatInstant } from "../ui/relative-time";
import { Cell, HeadCell, Row, rowNameClass, Table } from "../ui/table";
import type { CheckOutcome } from "./check-evidence.server";

/** Changes listed one by one; the rest is counted. */
const MOST_CHANGES = 50;

export interface EvidenceCheckPlace {
  /** Address of the evidence's own page, which takes the question. */
  action: string;
  /** What a form without script was answered; null before it was sent. */
  outcome: CheckOutcome | null;
}

/** Asks the evidence's question again and says whether the answer is the same. Works without script on the evidence's own page. */
export function EvidenceCheck({
  label,
  place: { action, outcome },
}: {
  label: string;
  place: EvidenceCheckPlace;
}) {
  const fetcher = useFetcher<CheckOutcome>();
  const isChecking = fetcher.state !== "idle";
  // The fetcher outlives a change of the shown evidence; its answer is then another one's.
  const found = [fetcher.data ?? null, outcome].find((one) => one?.label === label) ?? null;
  return (
    <div className="grid gap-3">
      <fetcher.Form method="post" action={action}>
        <Button type="submit" size="small" disabled={isChecking}>
          <RefreshCw aria-hidden className={isChecking ? "size-3.5 animate-spin" : "size-3.5"} />
          {isChecking ? "Checking…" : "Check again"}
        </Button>
      </fetcher.Form>
      <div aria-live="polite">{found && !isChecking ? <Outcome outcome={found} /> : null}</div>
    </div>
  );
}

function Outcome({ outcome }: { outcome: CheckOutcome }) {
  const at = formatInstant(outcome.at);
  switch (outcome.state) {
    case "same":
      return (
        <Banner tone="info">
          Same: all {outcome.values} values came out as recorded, digit by digit. Checked {at}.{" "}
          <Moves outcome={outcome} />
        </Banner>
      );
    case "changed":
      return (
        <div className="grid gap-2">
          <Banner tone="warn">
            Changed: {outcome.changes.length} of {outcome.values} values differ from what was
            recorded. Checked {at}. <Moves outcome={outcome} />
          </Banner>
          <Changes changes={outcome.changes} />
        </div>
      );
    case "not-askable":
      return <Banner tone="info">This cannot be checked again: {outcome.reason}.</Banner>;
    case "failed":
      return (
        <Banner tone="danger">
          No answer came, so nothing is known about it: {outcome.reason}. Try again later.
        </Banner>
      );
  }
}

type Answered = Extract<CheckOutcome, { state: "same" | "changed" }>;

/** What else is not as it was. */
function Moves({ outcome: { datasets, catalogue } }: { outcome: Answered }) {
  const moves = datasets.map(({ name, was, now }) =>
    now === null
      ? `The dataset ${name} is gone.`
      : `The dataset ${name} went from version ${was} to ${now}.`,
  );
  if (catalogue) moves.push(`Prices went from ${catalogue.was} to ${catalogue.now}.`);
  return <>{moves.join(" ")}</>;
}

function Changes({ changes }: { changes: Extract<CheckOutcome, { state: "changed" }>["changes"] }) {
  const listed = changes.slice(0, MOST_CHANGES);
  return (
    <>
      <Table
        label="What changed"
        className="max-h-80 overflow-y-auto rounded-lg border border-line"
      >
        <thead className="sticky top-0 z-2 bg-surface">
          <tr>
            <HeadCell>Value</HeadCell>
            <HeadCell numeric>Recorded</HeadCell>
            <HeadCell numeric>Now</HeadCell>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ segment, key, label, unit, was, now }) => (
            <Row key={`${segment} ${key}`}>
              <th
                scope="row"
                className={classNames(
                  "py-2 pr-3 pl-4 text-left align-top font-normal",
                  rowNameClass,
                )}
              >
                {segment === null ? null : (
                  <>
                    <bdi>{segment}</bdi>:{" "}
                  </>
                )}
                {label}
              </th>
              <Cell numeric>{shown(unit, was)}</Cell>
              <Cell numeric>{shown(unit, now)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      {changes.length > listed.length ? (
        <p className="text-xs text-ink-3">And {changes.length - listed.length} more.</p>
      ) : null}
    </>
  );
}

function shown(unit: Unit, value: string | null | undefined): string {
  return value === undefined ? "not there" : formatValue({ unit, value }, "exact");
}
