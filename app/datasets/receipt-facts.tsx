import type { ReactNode } from "react";
import type { ImportReceipt } from "../../db/ingest";
import { Card } from "../ui/card";
import { formatBytes, formatCount, formatElapsed, plural } from "../ui/format-count";
import { formatInstant } from "../ui/relative-time";
import type { ImportPricing } from "./import-view";

/** What came in, what did not, and what it is worth. */
export function ReceiptFacts({
  receipt,
  pricing,
}: {
  receipt: ImportReceipt;
  pricing: ImportPricing | null;
}) {
  const { assignedModel, firstCallAt, lastCallAt } = receipt;
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-4">
        <Tile name="Rows in">{formatCount(receipt.rowsAccepted)}</Tile>
        <Tile name="Rows rejected" warn={receipt.rowsRejected > 0}>
          {formatCount(receipt.rowsRejected)}
        </Tile>
        <Tile name="Input tokens">{formatCount(receipt.inputTokens)}</Tile>
        <Tile name="Output tokens">{formatCount(receipt.outputTokens)}</Tile>
      </dl>
      <Card className="p-5">
        <dl className="grid gap-2 text-[0.8125rem]">
          {pricing && receipt.rowsAccepted > 0 ? <Cost pricing={pricing} /> : null}
          <Line name="First call">
            {firstCallAt === null ? "none" : formatInstant(firstCallAt)}
          </Line>
          <Line name="Last call">{lastCallAt === null ? "none" : formatInstant(lastCallAt)}</Line>
          {assignedModel ? (
            <Line name="Model given by you">
              {assignedModel.provider}/{assignedModel.model}
            </Line>
          ) : null}
          {receipt.bytes > 0 ? (
            <>
              <Line name="Format">{receipt.shape ?? receipt.format ?? "not recognised"}</Line>
              <Line name="Size">{formatBytes(receipt.bytes)}</Line>
            </>
          ) : null}
          <Line name="Took">{formatElapsed(receipt.elapsedMs)}</Line>
        </dl>
        {receipt.assumptions.length > 0 ? (
          <ul className="mt-4 grid list-disc gap-1 border-t border-line pt-4 pl-5 text-[0.8125rem] text-ink-2 marker:text-ink-3">
            {receipt.assumptions.map((assumption) => (
              <li key={assumption} className="break-words">
                {assumption}
              </li>
            ))}
          </ul>
        ) : null}
      </Card>
    </>
  );
}

function Cost({ pricing }: { pricing: ImportPricing }) {
  const unpriced = pricing.unpriced.reduce((sum, { calls }) => sum + calls, 0);
  return (
    <>
      <Line name="Cost">
        {pricing.costUsd === null ? (
          "unpriced"
        ) : (
          <span title={`By the price catalogue ${pricing.catalogueVersion}`}>
            {exactDollars(pricing.costUsd)}
            {unpriced > 0 ? ` for ${plural(pricing.priced, "priced call")}` : ""}
          </span>
        )}
      </Line>
      {unpriced > 0 ? (
        <Line name="Calls without a price">
          {pricing.unpriced
            .map(({ reason, calls }) => `${formatCount(calls)} (${unpricedReason(reason)})`)
            .join(", ")}
        </Line>
      ) : null}
    </>
  );
}

/** Every digit: this is the receipt. */
function exactDollars(costUsd: string): string {
  const [whole = "0", fraction = ""] = costUsd.split(".");
  return `$${formatCount(Number(whole))}.${fraction.padEnd(2, "0")}`;
}

/** The catalogue's reasons in words; a reason not known here stands as it is. */
function unpricedReason(reason: string): string {
  const words: Record<string, string> = {
    "no-model": "no model named",
    "unknown-model": "model not in the price catalogue",
    "unknown-provider": "provider not in the price catalogue",
    "no-output-price": "no price for output",
    "contradictory-tokens": "cached tokens exceed the input",
  };
  return words[reason] ?? reason.replaceAll("-", " ");
}

function Tile({
  name,
  warn = false,
  children,
}: {
  name: string;
  warn?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-0.5 bg-surface px-4 py-3">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className={warn ? "text-lg font-semibold text-warn" : "text-lg font-semibold"}>
        {children}
      </dd>
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-2">
      <dt className="shrink-0 text-ink-2">{name}</dt>
      <span aria-hidden className="leader" />
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  );
}
