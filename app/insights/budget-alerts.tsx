import { Form, Link } from "@remix-run/react";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";

/** What the workspace is told of a budget until somebody puts it away. */
export interface BudgetAlertView {
  feature: string;
  month: string;
  percent: number;
}

/** Of a budget and month the greatest share alone: it says what the lesser ones say. */
export function BudgetAlerts({ alerts: all }: { alerts: readonly BudgetAlertView[] }) {
  const alerts = all.filter(
    (alert) =>
      !all.some(
        ({ feature, month, percent }) =>
          feature === alert.feature && month === alert.month && percent > alert.percent,
      ),
  );
  if (alerts.length === 0) return null;
  return (
    <div className="grid gap-1.5 px-4 pt-3 sm:px-8">
      {alerts.map((alert) => (
        <Banner
          key={`${alert.feature} ${alert.month} ${alert.percent}`}
          tone={alert.percent >= 100 ? "danger" : "warn"}
          action={
            <Form method="post" action="/budget">
              <input type="hidden" name="feature" value={alert.feature} />
              <input type="hidden" name="month" value={alert.month} />
              <input type="hidden" name="percent" value={alert.percent} />
              <Button type="submit" name="change" value="dismiss" size="small" tone="ghost">
                Dismiss
              </Button>
            </Form>
          }
        >
          {alert.percent >= 100
            ? `The budget of ${whose(alert)} for ${alert.month} is used up.`
            : `${alert.percent} % of the budget of ${whose(alert)} for ${alert.month} are spent.`}{" "}
          <Link to="/budget" className="underline underline-offset-2">
            See what is spent
          </Link>
        </Banner>
      ))}
    </div>
  );
}

const whose = ({ feature }: BudgetAlertView) => (feature === "" ? "the workspace" : feature);
