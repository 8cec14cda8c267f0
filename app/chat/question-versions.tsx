import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "../ui/button";
import { PressForm } from "./press-form";

/** Which version of a question is shown, and the way to those beside it. Nothing where there is one. */
export function QuestionVersions({
  versions,
  shown,
  onShow,
  action,
}: {
  /** Ids in the order in which they were asked. */
  versions: readonly string[];
  shown: string;
  onShow: (messageId: string) => void;
  /** Address of the thread's page, which shows a version without script too. */
  action: string;
}) {
  if (versions.length < 2) return null;
  const place = versions.indexOf(shown);
  const [before, after] = [versions[place - 1], versions[place + 1]];
  return (
    <PressForm
      method="get"
      action={action}
      onPress={onShow}
      role="group"
      aria-label="Versions of this question"
      className="flex items-center"
    >
      <Button
        type="submit"
        name="version"
        value={before}
        tone="ghost"
        size="icon"
        aria-label="Version before"
        disabled={before === undefined}
      >
        <ChevronLeft aria-hidden className="size-4" />
      </Button>
      <span className="text-xs text-ink-2 tabular-nums" aria-live="polite">
        <span className="sr-only">Version </span>
        {place + 1}/{versions.length}
      </span>
      <Button
        type="submit"
        name="version"
        value={after}
        tone="ghost"
        size="icon"
        aria-label="Version after"
        disabled={after === undefined}
      >
        <ChevronRight aria-hidden className="size-4" />
      </Button>
    </PressForm>
  );
}
