import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../ui/button";
import { messageProblem } from "./message-rules";

/** A question being asked differently. Enter sends, Shift+Enter breaks the line, Escape gives up. */
export function EditQuestion({
  text: before,
  onSend,
  onCancel,
}: {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState(before);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement | null>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  }, [before]);

  function send() {
    const wrong = messageProblem(text);
    setProblem(wrong);
    if (wrong === null) onSend(text.trim());
  }

  function press(event: KeyboardEvent) {
    if (event.key === "Escape") onCancel();
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="ml-auto grid w-full max-w-[36rem] gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label>
        <span className="sr-only">The question, asked differently</span>
        <textarea
          ref={field}
          value={text}
          rows={2}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          aria-invalid={problem ? true : undefined}
          className="block max-h-60 w-full resize-none rounded-2xl border border-line-strong bg-surface px-4 py-2.5 text-[0.9375rem] leading-6 outline-none [field-sizing:content] focus:border-accent pointer-coarse:text-base"
        />
      </label>
      <div className="flex flex-wrap items-center justify-end gap-1.5">
        <p role={problem ? "alert" : undefined} className="mr-auto text-xs text-danger">
          {problem}
        </p>
        <Button size="small" tone="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="small" tone="primary" type="submit">
          Ask this instead
        </Button>
      </div>
    </form>
  );
}
