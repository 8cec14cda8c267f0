import { Form } from "@remix-run/react";
import type { ReactNode } from "react";
import type { ExchangeActions } from "./exchange-view";

/** What can be done about a run, as a form that works without script; with it, its buttons act by themselves. */
export function IntentForm({
  intent,
  runId,
  form,
  children,
}: {
  intent: "retry" | "decide";
  runId: string;
  form: ExchangeActions["form"];
  children: ReactNode;
}) {
  return (
    <Form
      method="post"
      action={form.action}
      onSubmit={(event) => event.preventDefault()}
      className="grid justify-items-start gap-2"
    >
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="runId" value={runId} />
      <input type="hidden" name="messageId" value={form.messageId} />
      {children}
    </Form>
  );
}
