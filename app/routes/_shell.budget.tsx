import { Form, type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { Wallet } from "lucide-react";
import { v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { dismissBudgetAlert } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { BudgetCard } from "../insights/budget-card";
import { changeByHand, mayChange, numberIn } from "../insights/change-by-hand.server";
import { readBudgets } from "../insights/read-budgets.server";
import { watchBudgetsOf } from "../insights/watch-budgets.server";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { EmptyState } from "../ui/empty-state";
import { RouteError } from "../ui/error-page";
import { Field, TextInput } from "../ui/field";
import { Page } from "../ui/page";

export const meta: MetaFunction = () => [{ title: "Budget · Netra" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const read = await readBudgets(getServices(), workspace.id, request);
  return json({ ...read, mayChange: mayChange(role), changeId: newId() });
}

/** Sets and removes a budget, and puts an alert away, by forms with and without script. */
export async function action({ request }: ActionFunctionArgs) {
  const member = await requireMember(request);
  const services = getServices();
  const form = await request.formData();
  const feature = String(form.get("feature") ?? "").trim();
  const workspaceId = member.workspace.id;
  switch (form.get("change")) {
    case "set": {
      const amountUsd = numberIn(form, "amountUsd");
      const alertPercent = numberIn(form, "alertPercent");
      const change = { kind: "set-budget", feature, amountUsd, alertPercent } as const;
      const problem = await changeByHand(member, form, change);
      if (problem !== null) return json({ problem }, { status: 400 });
      // Whoever sets it below what is spent is told at once; housekeeping would tell later.
      await watchBudgetsOf(services, workspaceId).catch(() => {});
      return redirect("/budget");
    }
    case "remove": {
      const problem = await changeByHand(member, form, { kind: "remove-budget", feature });
      return problem === null ? redirect("/budget") : json({ problem }, { status: 400 });
    }
    case "dismiss": {
      const month = String(form.get("month") ?? "");
      const percent = Number(form.get("percent"));
      if (!Number.isInteger(percent)) throw new Response(null, { status: 400 });
      await dismissBudgetAlert(services.db, { workspaceId, feature, month, percent });
      return redirect("/budget");
    }
    default:
      throw new Response("The form asked for nothing known.", { status: 400 });
  }
}

export default function BudgetPage() {
  const { budgets, unread, mayChange, changeId } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  return (
    <Page
      title="Budget"
      lead="What the calls of a calendar month (UTC) may cost. Everybody is told when an alert's share is reached and when a budget is used up; no call is blocked."
    >
      <div className="grid gap-4">
        {unread ? <Banner tone="warn">What is spent is not known now: {unread}.</Banner> : null}
        {budgets.length === 0 ? (
          <EmptyState icon={Wallet} title="No budget yet">
            Set one below, or ask for it in a thread: “Set a budget of 500 USD a month”.
          </EmptyState>
        ) : (
          budgets.map((budget) => (
            <BudgetCard
              key={budget.feature}
              budget={budget}
              changeId={changeId}
              mayChange={mayChange}
            />
          ))
        )}
        {mayChange ? (
          <Card className="p-4">
            <Form method="post" className="grid gap-3" key={changeId}>
              <h2 className="text-sm font-semibold">Set or change a budget</h2>
              <input type="hidden" name="changeId" value={changeId} />
              <div className="grid items-start gap-3 sm:grid-cols-3">
                <Field id="amountUsd" label="USD a month">
                  <TextInput id="amountUsd" name="amountUsd" inputMode="decimal" required />
                </Field>
                <Field id="alertPercent" label="Alert at, %">
                  <TextInput
                    id="alertPercent"
                    name="alertPercent"
                    inputMode="numeric"
                    defaultValue="80"
                    required
                  />
                </Field>
                <Field id="feature" label="Feature" hint="Left empty: all calls.">
                  <TextInput id="feature" name="feature" maxLength={200} />
                </Field>
              </div>
              {problem ? (
                <p role="alert" className="text-xs text-danger">
                  {problem}
                </p>
              ) : null}
              <Button
                type="submit"
                name="change"
                value="set"
                tone="primary"
                size="small"
                className="justify-self-start"
              >
                Set the budget
              </Button>
            </Form>
          </Card>
        ) : (
          <p className="text-[0.8125rem] text-ink-3">Owners and admins set budgets.</p>
        )}
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
