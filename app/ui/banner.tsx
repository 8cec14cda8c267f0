import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

type BannerTone = "info" | "warn" | "danger";

const tones: Record<BannerTone, { box: string; icon: typeof Info }> = {
  info: { box: "border-line bg-surface text-ink-2", icon: Info },
  warn: { box: "border-transparent bg-warn-soft text-warn", icon: TriangleAlert },
  danger: { box: "border-transparent bg-danger-soft text-danger", icon: CircleAlert },
};

/** A message about the state of the page. `danger` interrupts a screen reader, the others wait. */
export function Banner({
  tone = "info",
  children,
  action,
  className,
}: {
  tone?: BannerTone;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const { box, icon: Icon } = tones[tone];
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={classNames(
        "flex items-center gap-2 rounded-lg border px-3 py-2 text-[0.8125rem] leading-5",
        box,
        className,
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 self-start" />
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
