import type { ReactNode } from "react";

/** What a person wrote, as plain text. */
export function QuestionBubble({
  text,
  note,
  actions,
}: {
  text: string;
  note: string | null;
  actions?: ReactNode;
}) {
  return (
    <div className="ml-auto grid max-w-[min(100%,36rem)] justify-items-end gap-1">
      <p className="max-w-full rounded-2xl rounded-br-md bg-sunken px-4 py-2.5 text-[0.9375rem] leading-6 break-words whitespace-pre-wrap">
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
