import type { ReactNode } from "react";
import { classNames } from "../ui/class-names";

/** What a person wrote, as plain text. */
export function QuestionBubble({
  text,
  faded = false,
  note,
  actions,
}: {
  text: string;
  faded?: boolean;
  note: string | null;
  actions?: ReactNode;
}) {
  return (
    <div className="ml-auto grid max-w-[min(100%,36rem)] justify-items-end gap-1">
      <p
        className={classNames(
          "max-w-full rounded-2xl rounded-br-md bg-sunken px-4 py-2.5 text-[0.9375rem] leading-6 break-words whitespace-pre-wrap",
          faded && "text-ink-3 line-through",
        )}
      >
        {text}
      </p>
      {note ? (
        <p role="status" className="text-xs text-ink-3">
          {note}
        </p>
      ) : null}
      {actions}
    </div>
  );
}
