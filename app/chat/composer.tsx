import { Form } from "@remix-run/react";
import { ArrowUp, FastForward, Square } from "lucide-react";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { MESSAGE_MAX_CHARACTERS, type WhenBusy } from "../../party/protocol";
import { Button } from "../ui/button";
import { classNames } from "../ui/class-names";
import { formatCount } from "../ui/format-count";
import { useDraft } from "./draft";
import { COUNTER_SHOWN_BELOW, messageProblem } from "./message-rules";

/**
 * Where a person writes. With a script `onSend` takes the text; without one the form posts `text` to
 * `action`. Enter sends, Shift+Enter breaks the line. While a run is on, what is sent waits for it;
 * Ctrl+Enter (on a Mac also Command+Enter) or the second button stops the run and sends at once.
 */
export function Composer({
  draftName,
  action,
  initialText = "",
  restored,
  placeholder,
  problem = null,
  busy = false,
  rows = 1,
  onSend,
  onStop,
  hint,
  hidden,
}: {
  draftName: string;
  action: string;
  initialText?: string;
  /** A text that was sent and did not arrive: it comes back, unless something new stands here. */
  restored?: string | undefined;
  placeholder: string;
  /** What went wrong on the server with the last text. */
  problem?: string | null;
  busy?: boolean;
  rows?: number;
  onSend: (text: string, whenBusy: WhenBusy) => void;
  /** Present while a run is active. */
  onStop?: (() => void) | undefined;
  hint?: ReactNode;
  /** Further fields of the form. */
  hidden?: ReactNode;
}) {
  const field = useRef<HTMLTextAreaElement | null>(null);
  const [text, setText] = useDraft(draftName, field, restored ?? initialText);
  const [refused, setRefused] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a text that comes back may replace the field's
  useEffect(() => {
    if (restored && text === "") setText(restored);
  }, [restored, problem]);

  const left = MESSAGE_MAX_CHARACTERS - text.trim().length;
  const shownProblem = refused ?? problem;

  function send(whenBusy: WhenBusy) {
    if (busy) return;
    const wrong = messageProblem(text);
    setRefused(wrong);
    if (wrong !== null) {
      field.current?.focus();
      return;
    }
    onSend(text.trim(), whenBusy);
    setText("");
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    send(submitter?.getAttribute("value") === "replace" ? "replace" : "queue");
  }

  function press(event: KeyboardEvent) {
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send(onStop && (event.ctrlKey || event.metaKey) ? "replace" : "queue");
  }

  return (
    <Form method="post" action={action} onSubmit={submit} className="grid gap-1.5">
      {hidden}
      <div
        className={classNames(
          "rounded-2xl border bg-surface shadow-sm transition-colors focus-within:border-accent",
          shownProblem ? "border-danger" : "border-line-strong",
        )}
      >
        <label className="block">
          <span className="sr-only">Your question</span>
          <textarea
            ref={field}
            name="text"
            rows={rows}
            value={text}
            placeholder={placeholder}
            onChange={(event) => {
              setText(event.target.value);
              setRefused(null);
            }}
            onKeyDown={press}
            aria-invalid={shownProblem ? true : undefined}
            aria-describedby="composer-notes"
            className="block max-h-60 w-full resize-none rounded-2xl bg-transparent px-4 pt-3 pb-1 text-[0.9375rem] leading-6 outline-none [field-sizing:content] placeholder:text-ink-3 pointer-coarse:text-base"
          />
        </label>
        <div className="flex items-center justify-between gap-3 pr-2 pb-2 pl-4">
          <p className="min-w-0 truncate text-xs text-ink-3">
            {left < COUNTER_SHOWN_BELOW ? (
              <span className={left < 0 ? "font-medium text-danger" : undefined}>
                {left < 0
                  ? `${formatCount(-left)} over the limit of ${formatCount(MESSAGE_MAX_CHARACTERS)}`
                  : `${formatCount(left)} characters left`}
              </span>
            ) : (
              hint
            )}
          </p>
          <div className="flex gap-1.5">
            {onStop ? (
              <Button size="small" tone="secondary" onClick={onStop}>
                <Square aria-hidden className="size-3 fill-current" />
                Stop
              </Button>
            ) : null}
            {onStop && text.trim() !== "" ? (
              <Button
                type="submit"
                size="small"
                tone="secondary"
                name="whenBusy"
                value="replace"
                title="Ctrl+Enter"
              >
                <FastForward aria-hidden className="size-3.5" />
                Stop and ask now
              </Button>
            ) : null}
            <Button
              type="submit"
              tone="primary"
              size="round"
              aria-label={onStop ? "Send; it waits its turn" : "Send"}
              disabled={busy}
            >
              <ArrowUp aria-hidden className="size-4" />
            </Button>
          </div>
        </div>
      </div>
      <p
        id="composer-notes"
        role={shownProblem ? "alert" : undefined}
        className="px-4 text-xs text-danger empty:hidden"
      >
        {shownProblem}
      </p>
    </Form>
  );
}
