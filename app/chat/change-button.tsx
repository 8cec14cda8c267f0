import { Form } from "@remix-run/react";
import { Button, type ButtonProps } from "../ui/button";
import { type ThreadChange, threadChanges } from "./thread-changes";

/** A form of one button that changes a thread as a whole. */
export function ChangeButton({
  threadId,
  change,
  label = threadChanges[change],
  describedAs,
  tone = "secondary",
}: {
  threadId: string;
  change: ThreadChange;
  label?: string;
  /** What a screen reader says where several such buttons stand in a list. */
  describedAs?: string;
  tone?: ButtonProps["tone"];
}) {
  return (
    <Form method="post" action={`/threads/${threadId}/manage`}>
      <Button
        type="submit"
        name="change"
        value={change}
        size="small"
        tone={tone}
        aria-label={describedAs}
      >
        {label}
      </Button>
    </Form>
  );
}
