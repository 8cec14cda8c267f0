import { formatBytes, formatCount, plural } from "../ui/format-count";

/** A bar of bytes with the rows beside it. Without a known size it says so by having no end. */
export function ImportProgressBar({
  label,
  done,
  total,
  rowsAccepted,
  rowsRejected,
}: {
  label: string;
  done: number;
  total: number | null;
  rowsAccepted: number;
  rowsRejected: number;
}) {
  const percent = total ? Math.min(100, (done / total) * 100) : null;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap justify-between gap-x-4 text-[0.8125rem]">
        <span className="font-medium">{label}</span>
        <span className="text-ink-2">
          {formatBytes(done)}
          {total ? ` of ${formatBytes(total)}` : ""}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent === null ? undefined : Math.round(percent)}
        className="h-2 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-200"
          style={{ width: `${percent ?? 100}%` }}
        />
      </div>
      <p className="text-xs text-ink-3" aria-live="polite">
        {plural(rowsAccepted, "row")} in
        {rowsRejected > 0 ? `, ${formatCount(rowsRejected)} rejected` : ""}
      </p>
    </div>
  );
}
