import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Badge } from "../ui/badge";
import { classNames } from "../ui/class-names";
import { formatElapsed, plural } from "../ui/format-count";
import { agentLooks } from "./agents";
import { ElapsedSince } from "./elapsed-since";
import { isHit } from "./model-use";
import { ModelUseLine } from "./model-use-line";
import { StepRow } from "./step-row";
import type { RunView } from "./thread-state";

/** What the crew did and does: open while it works, folded to one line afterwards, opened at will. */
export function CrewProgress({ run }: { run: RunView }) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const running = run.state === "running";
  const open = chosen ?? running;
  return (
    <section
      aria-label="The crew's work"
      className="overflow-hidden rounded-xl border border-line bg-surface"
    >
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setChosen(!open)}
        className="flex min-h-11 w-full min-w-0 items-center gap-2 px-4 text-left text-[0.8125rem] -outline-offset-2 hover:bg-sunken"
      >
        <ChevronRight
          aria-hidden
          className={classNames("size-3.5 shrink-0 text-ink-3", open && "rotate-90")}
        />
        <Headline run={run} />
      </button>
      {open ? (
        <ol className="grid gap-px border-t border-line bg-line">
          {run.steps.map((step) => (
            <StepRow
              key={step.id}
              step={step}
              modelCalls={run.modelCalls.filter(({ stepId }) => stepId === step.id)}
            />
          ))}
          {run.skipped.map(({ agent, reason }) => (
            <li
              key={`${agent} ${reason}`}
              className="flex gap-3 bg-surface px-4 py-2 text-[0.8125rem] text-ink-3"
            >
              <span className="shrink-0">{agentLooks[agent].name} skipped</span>
              <span className="min-w-0 break-words">{reason}</span>
            </li>
          ))}
          {run.steps.length === 0 && running ? (
            <li className="bg-surface px-4 py-2.5 text-[0.8125rem] text-ink-3">
              The supervisor is choosing who starts.
            </li>
          ) : null}
        </ol>
      ) : null}
      {run.state !== "running" || run.modelCalls.length > 0 ? <ModelUseLine run={run} /> : null}
      {run.reason !== null && run.state !== "completed" ? (
        <p role="status" className="border-t border-line px-4 py-2.5 text-[0.8125rem] text-ink-2">
          {run.reason}
        </p>
      ) : null}
    </section>
  );
}

function Headline({ run }: { run: RunView }) {
  const current = run.steps.findLast((step) => step.state === "running");
  const tools = run.steps.reduce((count, step) => count + step.tools.length, 0);
  const resumed =
    run.resumptions > 0 ? (
      <Badge
        tone="warn"
        title="The server stopped in the middle; the run went on from its last finished step"
      >
        resumed
      </Badge>
    ) : null;
  if (run.state === "running") {
    return (
      <span className="flex min-w-0 flex-1 items-center gap-2" aria-live="polite">
        <span
          aria-hidden
          className="size-2 shrink-0 animate-[netra-pulse_1.4s_ease-in-out_infinite] rounded-full bg-accent"
        />
        <span className="truncate font-medium">
          {current
            ? `${agentLooks[current.agent].name}: ${agentLooks[current.agent].doing}`
            : "The crew is working"}
        </span>
        {resumed}
        <span className="ml-auto shrink-0 text-ink-3" aria-hidden="true">
          <ElapsedSince instant={run.startedAt} />
        </span>
      </span>
    );
  }
  if (run.state === "waiting-approval") {
    return (
      <span className="flex min-w-0 flex-1 items-center gap-2" aria-live="polite">
        <span aria-hidden className="size-2 shrink-0 rounded-full bg-warn" />
        <span className="truncate font-medium">Waiting for approval</span>
        {resumed}
      </span>
    );
  }
  const took = run.finishedAt
    ? formatElapsed(Date.parse(run.finishedAt) - Date.parse(run.startedAt))
    : null;
  const words = {
    completed: "The crew finished",
    cancelled: "Stopped",
    failed: "The crew could not finish",
  } as const;
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
      <span className={run.state === "failed" ? "font-medium text-danger" : "font-medium"}>
        {words[run.state]}
      </span>
      <span className="text-ink-3">
        {[
          took ? `in ${took}` : null,
          plural(run.steps.length, "step"),
          tools > 0 ? plural(tools, "tool call") : null,
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
      {resumed}
      {run.modelCalls.length > 0 && run.modelCalls.every(isHit) ? (
        <Badge
          tone="accent"
          title="Every answer of the language model was given before to the same request over the same data"
        >
          cached
        </Badge>
      ) : null}
    </span>
  );
}
