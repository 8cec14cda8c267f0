import { Form } from "@remix-run/react";
import { formatValue } from "../../party/protocol/format";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { plural } from "../ui/format-count";
import { formatDay } from "../ui/relative-time";
import { Receipt, type ReceiptDraft } from "./receipt";

/** A budget and what of it is spent. Amounts are decimal text in USD, instants ISO-8601. */
export interface BudgetView {
  feature: string;
  amountUsd: string;
  alertPercent: number;
  /** `2026-03`; null without any call. */
  month: string | null;
  spentUsd: string | null;
  unpricedCalls: number;
  percent: number | null;
  receipt: ReceiptDraft | null;
  forecast: Forecast;
}

/** When the month's budget is crossed by the trend; `unknown` says why no trend can be told. */
export type Forecast =
  | { state: "holds" | "crossed" }
  | { state: "crosses"; at: string | null; earliest: string; receipt: ReceiptDraft }
  | { state: "unknown"; reason: string };

export function BudgetCard({
  budget,
  changeId,
  mayChange,
}: {
  budget: BudgetView;
  changeId: string;
  mayChange: boolean;
}) {
  const { feature, month, percent, alertPercent, unpricedCalls, forecast, receipt } = budget;
  const tone =
    percent === null || percent < alertPercent ? "neutral" : percent < 100 ? "warn" : "danger";
  return (
    <Card className="grid gap-3 p-4 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="min-w-0 text-sm font-semibold break-words">
          {feature === "" ? "All calls" : <bdi>{feature}</bdi>}
        </h2>
        {percent === null ? null : (
          <Badge tone={tone}>{percent < 100 ? `${Math.floor(percent)} % spent` : "used up"}</Badge>
        )}
      </div>
      <p>
        <span className="figure-strong">{usd(budget.spentUsd)}</span>
        {month === null ? " spent" : ` spent in ${monthName(month)}`} of{" "}
        <span className="figure-strong">{usd(budget.amountUsd)}</span> a month; an alert at{" "}
        {alertPercent} %.
      </p>
      {percent === null ? null : (
        <meter
          aria-label="Spent share of the budget"
          className="h-2 w-full"
          min={0}
          max={100}
          low={alertPercent}
          high={99.99}
          optimum={0}
          value={Math.min(100, percent)}
        />
      )}
      {unpricedCalls > 0 ? (
        <p className="text-[0.8125rem] text-warn">
          {plural(unpricedCalls, "call")} of the month have no price and are not in it.
        </p>
      ) : null}
      <p className="text-[0.8125rem] text-ink-2">{forecastText(forecast)}</p>
      {receipt ? <Receipt draft={receipt} /> : null}
      {forecast.state === "crosses" ? <Receipt draft={forecast.receipt} /> : null}
      {mayChange ? (
        <Form method="post">
          <input type="hidden" name="changeId" value={changeId} />
          <input type="hidden" name="feature" value={feature} />
          <Button type="submit" name="change" value="remove" size="small">
            Remove
          </Button>
        </Form>
      ) : null}
    </Card>
  );
}

function forecastText(forecast: Forecast): string {
  switch (forecast.state) {
    case "crossed":
      return "It is used up.";
    case "holds":
      return "By the trend of the log it holds to the end of the month.";
    case "crosses": {
      const earliest = formatDay(forecast.earliest);
      return forecast.at === null
        ? `By the trend of the log it may be crossed, at the earliest on ${earliest}.`
        : `By the trend of the log it is crossed on ${formatDay(forecast.at)}, at the earliest on ${earliest}.`;
    }
    case "unknown":
      return `Whether it holds cannot be told: ${forecast.reason}.`;
  }
}

function usd(value: string | null): string {
  if (value === null) return "An unknown amount";
  return formatValue({ unit: "USD", value }, "auto");
}

function monthName(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString("en", {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
