import type { ReactNode } from "react";
import type { ExchangeActions } from "./exchange-view";
import { PressForm } from "./press-form";

/** What can be done about a run, as a form whose buttons work without script too. */
export function IntentForm({
  intent,
  runId,
  form,
  onPress,
  children,
}: {
  intent: "retry" | "decide";
  runId: string;
  form: ExchangeActions["form"];
  onPress: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <PressForm
      method="post"
      action={form.action}
      onPress={onPress}
      className="grid justify-items-start gap-2"
    >
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="runId" value={runId} />
      <input type="hidden" name="messageId" value={form.messageId} />
      {children}
    </PressForm>
  );
}
