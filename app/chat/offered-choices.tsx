import type { Choice } from "../../party/protocol";
import { Button } from "../ui/button";
import type { ExchangeActions } from "./exchange-view";
import { PressForm } from "./press-form";

/** Answers to the crew's own question, sent with a press; without script each button posts the page's form. */
export function OfferedChoices({
  choices,
  isOpen,
  actions,
}: {
  choices: readonly Choice[];
  /** Nothing was said since the crew asked. */
  isOpen: boolean;
  actions: Pick<ExchangeActions, "choose" | "form">;
}) {
  if (choices.length === 0) return null;
  return (
    <PressForm
      method="post"
      action={actions.form.action}
      onPress={(text) => {
        const choice = choices.find((one) => one.text === text);
        if (choice) actions.choose(choice);
      }}
      aria-label="Answers to choose from"
      className="flex flex-wrap gap-2"
    >
      <input type="hidden" name="messageId" value={actions.form.messageId} />
      {choices.map((choice) => (
        <Button
          key={choice.label}
          type="submit"
          name="text"
          value={choice.text}
          title={choice.text}
          disabled={!isOpen}
        >
          {choice.label}
        </Button>
      ))}
    </PressForm>
  );
}
