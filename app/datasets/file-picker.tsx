import { FileUp } from "lucide-react";
import { type DragEvent, useState } from "react";
import { classNames } from "../ui/class-names";

const ACCEPTED = ".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json";

/** A place to drop a file on, and a button for everybody else. */
export function FilePicker({
  onPick,
  looking,
}: {
  onPick: (file: File) => void;
  /** Name of the file that is being looked at. */
  looking: string | null;
}) {
  const [over, setOver] = useState(false);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onPick(file);
  }

  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        "flex min-h-32 cursor-pointer flex-col items-center justify-center gap-2 px-6 py-6 text-center",
        "focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-accent hover:bg-sunken/60",
        over && "bg-accent-soft",
      )}
    >
      <FileUp aria-hidden className="size-5 text-ink-3" strokeWidth={1.5} />
      <span className="text-sm font-medium" aria-live="polite">
        {looking === null ? "Choose a file or drop it here" : `Looking at ${looking}…`}
      </span>
      <span className="text-xs text-ink-3">
        CSV, TSV, JSON or JSON Lines, with a row per call: time, model and tokens. Any size; prompts
        are not needed.
      </span>
      <input
        type="file"
        name="file"
        accept={ACCEPTED}
        disabled={looking !== null}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file picked again must count as picked.
          event.target.value = "";
          if (file) onPick(file);
        }}
      />
    </label>
  );
}
