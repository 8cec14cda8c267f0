import type { ReactNode } from "react";
import { Card } from "./card";

/** One thing that can be done to something, with what it means. */
export function ManagePart({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Card className="flex flex-wrap items-start justify-between gap-3 p-4">
      <section className="grid min-w-0 flex-1 basis-64 gap-1.5">
        <h2 className="text-sm font-semibold">{title}</h2>
        <div className="grid gap-3 text-[0.8125rem] text-ink-2">{children}</div>
      </section>
      {action}
    </Card>
  );
}
