import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** What a list says when there is nothing in it, and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-xl border border-dashed border-line px-6 py-12 text-center">
      <Icon aria-hidden className="size-6 text-ink-3" strokeWidth={1.5} />
      <h2 className="text-sm font-semibold">{title}</h2>
      <div className="max-w-md text-sm text-ink-2">{children}</div>
      {action}
    </div>
  );
}
