import {
  forwardRef,
  type HTMLAttributes,
  type ReactNode,
  type TdHTMLAttributes,
  type ThHTMLAttributes,
} from "react";
import { classNames } from "./class-names";

/** A table that scrolls sideways inside its own box and never widens the page. */
export function Table({
  label,
  children,
  className,
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    // Focusable, so that a keyboard can scroll what does not fit.
    <section
      aria-label={`${label}, table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={classNames("scroll-shade overflow-x-auto", className)}
    >
      <table className="w-full border-collapse text-[0.8125rem]">{children}</table>
    </section>
  );
}

export function HeadCell({
  numeric,
  className,
  ...rest
}: ThHTMLAttributes<HTMLTableCellElement> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={classNames(
        "border-b border-line px-3 py-2 text-xs font-medium whitespace-nowrap text-ink-3 first:pl-4 last:pr-4",
        numeric ? "text-right" : "text-left",
        className,
      )}
      {...rest}
    />
  );
}

export const Cell = forwardRef<
  HTMLTableCellElement,
  TdHTMLAttributes<HTMLTableCellElement> & { numeric?: boolean }
>(function Cell({ numeric, className, ...rest }, ref) {
  return (
    <td
      ref={ref}
      className={classNames(
        "px-3 py-2 align-top first:pl-4 last:pr-4",
        numeric && "text-right whitespace-nowrap",
        className,
      )}
      {...rest}
    />
  );
});

export function Row({ className, ...rest }: HTMLAttributes<HTMLTableRowElement>) {
  return <tr className={classNames("border-b border-line last:border-0", className)} {...rest} />;
}

/** Class of the cells that name a row: they stay in sight while the table scrolls sideways. */
export const rowNameClass = "sticky left-0 z-1 bg-surface";

/** Class of a heading that holds a label of ours, written small; never of a name out of a log. */
export const labelClass = "first-letter:uppercase";
