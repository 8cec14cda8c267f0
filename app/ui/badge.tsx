import type { ReactNode } from "react";
import type { Ground } from "../../party/protocol";
import { classNames } from "./class-names";

export type BadgeTone = "neutral" | "accent" | "danger" | "warn" | Ground;

const tones: Record<BadgeTone, string> = {
  neutral: "bg-sunken text-ink-2",
  accent: "bg-accent-soft text-accent-strong",
  danger: "bg-danger-soft text-danger",
  warn: "bg-warn-soft text-warn",
  measured: "bg-measured-soft text-measured",
  simulated: "bg-simulated-soft text-simulated",
  assumed: "bg-assumed-soft text-assumed",
  stated: "bg-stated-soft text-stated",
};

export function Badge({
  tone = "neutral",
  title,
  children,
}: {
  tone?: BadgeTone;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex h-5 items-center gap-1 rounded px-1.5 text-2xs font-medium whitespace-nowrap",
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}

const groundMeaning: Record<Ground, string> = {
  measured: "Counted in the log",
  simulated: "Computed by replaying the log under the assumptions shown",
  assumed: "Taken as given, not found in the log",
  stated: "Said by you",
};

/** How a figure came to be, in one word. */
export function GroundBadge({ ground }: { ground: Ground }) {
  return (
    <Badge tone={ground} title={groundMeaning[ground]}>
      {ground}
    </Badge>
  );
}
