import { classNames } from "./class-names";

/** Holds the place of something that is on its way, at its final size. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={classNames(
        "block animate-[netra-pulse_1.6s_ease-in-out_infinite] rounded bg-sunken",
        className,
      )}
    />
  );
}
