import { CircleAlert, CircleCheck, CircleDashed, CirclePause, type LucideIcon } from "lucide-react";
import type { ModelCall } from "../../party/protocol";
import { EvidenceTag } from "../insights/figure-link";
import { RichTextView } from "../insights/rich-text";
import { Badge } from "../ui/badge";
import { classNames } from "../ui/class-names";
import { formatElapsed } from "../ui/format-count";
import { agentLooks } from "./agents";
import { isHit } from "./model-use";
import type { StepView, ToolView } from "./thread-state";

/** One agent's turn: why it was chosen, the tools it called, what it found. */
export function StepRow({
  step,
  modelCalls,
}: {
  step: StepView;
  modelCalls: readonly ModelCall[];
}) {
  const { name, icon: Icon } = agentLooks[step.agent];
  return (
    <li className="grid grid-cols-[1.25rem_1fr] gap-x-3 bg-surface px-4 py-3 text-[0.8125rem] leading-5">
      <Icon aria-hidden className="mt-0.5 size-4 text-ink-3" />
      <div className="grid min-w-0 gap-1.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <p className="font-semibold">{name}</p>
          <StepState step={step} />
          <CachedCalls modelCalls={modelCalls} />
          {step.elapsedMs === null ? null : (
            <span className="ml-auto text-xs text-ink-3">{formatElapsed(step.elapsedMs)}</span>
          )}
        </div>
        <p className="break-words text-ink-3">{step.reason}</p>
        {step.summary.length > 0 ? (
          <p className="break-words text-ink">
            <RichTextView text={step.summary} />
          </p>
        ) : null}
        {step.problem ? <p className="break-words text-warn">{step.problem}</p> : null}
        {step.tools.length > 0 ? (
          <ul className="grid gap-1">
            {step.tools.map((tool) => (
              <ToolRow key={tool.id} tool={tool} />
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}

function CachedCalls({ modelCalls }: { modelCalls: readonly ModelCall[] }) {
  const hits = modelCalls.filter(isHit).length;
  if (hits === 0) return null;
  return (
    <Badge
      tone="accent"
      title="Given by the cache: the same was asked before over the same data. It cost nothing."
    >
      {hits === modelCalls.length ? "cached" : `${hits} of ${modelCalls.length} cached`}
    </Badge>
  );
}

function StepState({ step }: { step: StepView }) {
  return (
    <>
      {step.state === "running" ? <Badge tone="accent">working</Badge> : null}
      {step.state === "fell-back" ? (
        <Badge tone="warn" title="The language model failed; the rules did the work">
          rules took over
        </Badge>
      ) : null}
      {step.state === "failed" ? <Badge tone="danger">failed</Badge> : null}
      {step.state === "stopped" ? <Badge>stopped</Badge> : null}
      {step.state === "interrupted" ? (
        <Badge tone="warn" title="The server stopped in this step; it was done again">
          interrupted
        </Badge>
      ) : null}
      {step.repeated ? <Badge>repeated</Badge> : null}
    </>
  );
}

const toolLooks: Record<ToolView["state"], { icon: LucideIcon; tone: string; word: string }> = {
  running: {
    icon: CircleDashed,
    tone: "text-accent animate-[netra-pulse_1.4s_ease-in-out_infinite]",
    word: "running",
  },
  finished: { icon: CircleCheck, tone: "text-accent", word: "finished" },
  failed: { icon: CircleAlert, tone: "text-danger", word: "failed" },
  interrupted: { icon: CirclePause, tone: "text-warn", word: "interrupted" },
};

function ToolRow({ tool }: { tool: ToolView }) {
  const { icon: Icon, tone, word } = toolLooks[tool.state];
  return (
    <li className="flex items-start gap-2">
      <Icon role="img" aria-label={word} className={classNames("mt-0.5 size-3.5 shrink-0", tone)} />
      <span className="min-w-0 flex-1 break-words">
        <span className="text-ink-2">{tool.title}</span>
        {tool.summary.length > 0 ? (
          <span className="text-ink-3">
            {" — "}
            <RichTextView text={tool.summary} />
          </span>
        ) : null}
        {tool.error ? <span className="block text-danger">{tool.error}</span> : null}
      </span>
      {tool.evidence ? <EvidenceTag label={tool.evidence} /> : null}
    </li>
  );
}
