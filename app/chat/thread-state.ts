import type {
  AgentName,
  ApprovalRequest,
  Evidence,
  Message,
  ModelCall,
  NumberedEvent,
  Report,
  RichText,
  StepOutcome,
  ThreadEvent,
  ThreadEventOf,
  Writer,
} from "../../party/protocol";

/** What a person sees of a tool call. */
export interface ToolView {
  id: string;
  title: string;
  state: "running" | "finished" | "failed" | "interrupted";
  evidence: string | null;
  summary: RichText;
  error: string | null;
  elapsedMs: number | null;
}

/** What a person sees of one agent's turn. `interrupted`: the process died in it; a resumed run does it again. */
export interface StepView {
  id: string;
  agent: AgentName;
  writer: Writer;
  reason: string;
  state: "running" | StepOutcome | "interrupted";
  /** The same agent's turn was interrupted earlier in this run. */
  repeated: boolean;
  summary: RichText;
  problem: string | null;
  elapsedMs: number | null;
  tools: ToolView[];
}

/** Something that the crew asked people about; `given` is null while nobody has decided. */
export interface ApprovalView {
  request: ApprovalRequest;
  given: Pick<ThreadEventOf<"approval-given">, "decision" | "values" | "by"> | null;
}

export interface RunView {
  id: string;
  messageId: string;
  /** Name of the language model, or null: rule-based analysis. */
  model: string | null;
  state: "running" | "waiting-approval" | "completed" | "cancelled" | "failed";
  /** What people were asked to approve, oldest first. */
  approvals: ApprovalView[];
  reason: string | null;
  /** A new run of the same message was asked for. */
  retried: boolean;
  /** How often the server stopped in the middle and the run went on. */
  resumptions: number;
  startedAt: string;
  finishedAt: string | null;
  steps: StepView[];
  skipped: Array<{ agent: AgentName; reason: string }>;
  /** Calls of the language model, in the order in which they ended. */
  modelCalls: ModelCall[];
  /** The answer while it is being written; emptied when the finished message arrives. */
  streaming: RichText;
}

/** A thread as the page shows it, folded from the room's numbered events. */
export interface ThreadView {
  /** Number of the last event folded in; 0 for none. */
  lastSeq: number;
  title: string | null;
  /** A person gave the title in this thread's events. */
  titledByPerson: boolean;
  messages: Message[];
  runs: RunView[];
  evidence: Record<string, Evidence>;
  reports: Record<string, Report>;
}

export const emptyThreadView: ThreadView = {
  lastSeq: 0,
  title: null,
  titledByPerson: false,
  messages: [],
  runs: [],
  evidence: {},
  reports: {},
};

export interface FoldResult {
  view: ThreadView;
  /** True when an event is missing: everything from the hole on was left out; ask for a replay after `view.lastSeq`. */
  gap: boolean;
}

/** Folds events in. An event seen before changes nothing; one after a hole is not folded. */
export function foldEvents(view: ThreadView, events: readonly NumberedEvent[]): FoldResult {
  let next = view;
  for (const numbered of events) {
    if (numbered.seq <= next.lastSeq) continue;
    if (numbered.seq > next.lastSeq + 1) return { view: next, gap: true };
    next = { ...foldEvent(next, numbered.event, numbered.at), lastSeq: numbered.seq };
  }
  return { view: next, gap: false };
}

/** Folds in what is left of all events up to `seq`, where the room folded some away. */
export function foldSnapshot(
  view: ThreadView,
  { seq, events }: { seq: number; events: readonly NumberedEvent[] },
): ThreadView {
  let next = view;
  for (const numbered of events) {
    if (numbered.seq <= view.lastSeq) continue;
    next = foldEvent(next, numbered.event, numbered.at);
  }
  return seq > view.lastSeq ? { ...next, lastSeq: seq } : view;
}

function foldEvent(view: ThreadView, event: ThreadEvent, at: string): ThreadView {
  switch (event.type) {
    case "message-added":
      return addMessage(view, event.message);
    case "message-withdrawn":
      return {
        ...view,
        messages: view.messages.map((message) =>
          message.id === event.messageId ? { ...message, ending: "withdrawn" } : message,
        ),
      };
    case "run-started":
      return { ...view, runs: [...view.runs, startRun(event, at)] };
    case "run-resumed":
      return changeRun(view, event.runId, (run) => interrupt(run));
    case "approval-requested":
      return changeRun(view, event.runId, (run) => ({
        ...run,
        state: "waiting-approval",
        approvals: [...run.approvals, { request: event.approval, given: null }],
      }));
    case "approval-given": {
      const { decision, values, by } = event;
      return changeRun(view, event.runId, (run) => ({
        ...run,
        state: "running",
        approvals: run.approvals.map((one) =>
          one.request.id === event.approvalId ? { ...one, given: { decision, values, by } } : one,
        ),
      }));
    }
    case "run-retried":
      return changeRun(view, event.runId, (run) => ({ ...run, retried: true }));
    case "run-finished":
      return changeRun(view, event.runId, (run) => ({
        ...run,
        state: event.state,
        reason: event.reason,
        finishedAt: at,
        // What still ran when the run ended ended with it.
        steps: run.steps.map((step) =>
          step.state === "running" ? endStep(step, "stopped") : step,
        ),
      }));
    case "step-started":
      return changeRun(view, event.runId, (run) => ({
        ...run,
        steps: [...run.steps, startStep(run, event)],
      }));
    case "step-skipped":
      return changeRun(view, event.runId, (run) => ({
        ...run,
        skipped: [...run.skipped, { agent: event.agent, reason: event.reason }],
      }));
    case "step-finished":
      return changeStep(view, event.runId, event.stepId, (step) => ({
        ...endStep(step, event.outcome),
        summary: event.summary,
        problem: event.reason,
        elapsedMs: event.elapsedMs,
      }));
    case "tool-started":
      return changeStep(view, event.runId, event.stepId, (step) => ({
        ...step,
        tools: [...step.tools, startTool(event)],
      }));
    case "tool-finished":
      return changeTool(view, event, (tool) => ({
        ...tool,
        state: "finished",
        evidence: event.evidence,
        summary: event.summary,
        elapsedMs: event.elapsedMs,
      }));
    case "tool-failed":
      return changeTool(view, event, (tool) => ({
        ...tool,
        state: "failed",
        error: event.error,
        elapsedMs: event.elapsedMs,
      }));
    case "model-called":
      return changeRun(view, event.call.runId, (run) => ({
        ...run,
        modelCalls: [...run.modelCalls, event.call],
      }));
    case "evidence-recorded":
      return { ...view, evidence: { ...view.evidence, [event.evidence.label]: event.evidence } };
    case "text-delta":
      return changeRun(view, event.runId, (run) => ({
        ...run,
        streaming: [...run.streaming, ...event.text],
      }));
    case "report-written":
      return { ...view, reports: { ...view.reports, [event.report.runId]: event.report } };
    case "thread-titled":
      return titleThread(view, event);
  }
}

/** A title that a person gave stays whatever the crew says later. */
function titleThread(view: ThreadView, event: ThreadEventOf<"thread-titled">): ThreadView {
  const byPerson = event.source === "human";
  if (view.titledByPerson && !byPerson) return view;
  return { ...view, title: event.title, titledByPerson: byPerson };
}

function addMessage(view: ThreadView, message: Message): ThreadView {
  const next = { ...view, messages: [...view.messages, message] };
  return message.runId === null || message.role === "user"
    ? next
    : changeRun(next, message.runId, (run) => ({ ...run, streaming: [] }));
}

function startRun(event: ThreadEventOf<"run-started">, at: string): RunView {
  return {
    id: event.runId,
    messageId: event.messageId,
    model: event.model,
    state: "running",
    reason: null,
    approvals: [],
    retried: false,
    resumptions: 0,
    startedAt: at,
    finishedAt: null,
    steps: [],
    skipped: [],
    modelCalls: [],
    streaming: [],
  };
}

function interrupt(run: RunView): RunView {
  return {
    ...run,
    resumptions: run.resumptions + 1,
    streaming: [],
    steps: run.steps.map((step) =>
      step.state === "running" ? endStep(step, "interrupted") : step,
    ),
  };
}

function startStep(run: RunView, event: ThreadEventOf<"step-started">): StepView {
  return {
    id: event.stepId,
    agent: event.agent,
    writer: event.writer,
    reason: event.reason,
    state: "running",
    repeated: run.steps.some((step) => step.agent === event.agent && step.state === "interrupted"),
    summary: [],
    problem: null,
    elapsedMs: null,
    tools: [],
  };
}

function endStep(step: StepView, state: StepView["state"]): StepView {
  return {
    ...step,
    state,
    tools: step.tools.map((tool) =>
      tool.state === "running" ? { ...tool, state: "interrupted" } : tool,
    ),
  };
}

function startTool(event: ThreadEventOf<"tool-started">): ToolView {
  return {
    id: event.toolCallId,
    title: event.title,
    state: "running",
    evidence: null,
    summary: [],
    error: null,
    elapsedMs: null,
  };
}

function changeRun(view: ThreadView, id: string, change: (run: RunView) => RunView): ThreadView {
  return { ...view, runs: view.runs.map((run) => (run.id === id ? change(run) : run)) };
}

function changeStep(
  view: ThreadView,
  runId: string,
  stepId: string,
  change: (step: StepView) => StepView,
): ThreadView {
  return changeRun(view, runId, (run) => ({
    ...run,
    steps: run.steps.map((step) => (step.id === stepId ? change(step) : step)),
  }));
}

function changeTool(
  view: ThreadView,
  at: { runId: string; stepId: string; toolCallId: string },
  change: (tool: ToolView) => ToolView,
): ThreadView {
  return changeStep(view, at.runId, at.stepId, (step) => ({
    ...step,
    tools: step.tools.map((tool) => (tool.id === at.toolCallId ? change(tool) : tool)),
  }));
}
