import type { ChangeOutcome } from "../../ports/changes";
import type { LanguageModelPort, ModelRequest } from "../../ports/language-model";
import type { AgentName, EvidenceDraft, RichText, ThreadEvent } from "../../protocol";
import type { Budget } from "./agent";
import type { Turn } from "./crew";
import { NotApproved, reasonOf, ToolFailed } from "./errors";
import type { StepServices } from "./services";
import { dataOf, type KeptEvidence, keep, type RunState } from "./state";
import type { ChangeTool, Tool, ToolFinding, ToolUse } from "./tool";

export interface StepFrame {
  stepId: string;
  agent: AgentName;
  budget: Budget;
  answersKeptSeconds: number;
  state: RunState;
  services: StepServices;
  signal: AbortSignal;
  /** Ends earlier than `signal`, so that the rules have time to take over from a slow model. */
  modelSignal: AbortSignal;
  emit(event: ThreadEvent): void;
}

/** What a step adds to the run state when it ends well. */
export interface StepYield {
  evidence: KeptEvidence[];
  failures: RunState["failures"];
  figures: RunState["figures"];
  usage: RunState["usage"];
}

/**
 * The hands of an agent during one step: tools, text, evidence. Tool calls with equal input run once
 * per step, so that rules taking over from a failed model repeat no query.
 */
export class StepContext {
  readonly gained: StepYield;
  private readonly uses = new Map<string, Promise<ToolUse<unknown>>>();
  /** Evidence is labelled in the order in which tools were started, whichever finishes first. */
  private lastRecorded: Promise<unknown> = Promise.resolve();
  private nextEvidence: number;
  private spoken: RichText = [];
  private failed: ToolFailed | null = null;

  constructor(private readonly frame: StepFrame) {
    this.nextEvidence = frame.state.nextEvidence;
    this.gained = {
      evidence: [],
      failures: [],
      figures: { ...frame.state.figures },
      usage: { ...frame.state.usage },
    };
  }

  get agent(): AgentName {
    return this.frame.agent;
  }
  get budget(): Budget {
    return this.frame.budget;
  }
  get state(): RunState {
    return this.frame.state;
  }
  get signal(): AbortSignal {
    return this.frame.signal;
  }
  get modelSignal(): AbortSignal {
    return this.frame.modelSignal;
  }
  get model(): LanguageModelPort | null {
    return this.frame.services.model;
  }
  get services(): StepServices {
    return this.frame.services;
  }
  /** What was asked and answered before on this branch of the thread, oldest first. */
  history(): Promise<readonly Turn[]> {
    return this.frame.services.history();
  }
  /** All evidence of the run so far, this step's included. */
  get evidence(): readonly KeptEvidence[] {
    return [...this.frame.state.evidence, ...this.gained.evidence];
  }
  get nextEvidenceNumber(): number {
    return this.nextEvidence;
  }
  /** The last tool that failed without failing its step: what a step without a result has to blame. */
  get toolFailure(): ToolFailed | null {
    return this.failed;
  }
  /** What was streamed to the reader in this step. */
  get said(): RichText {
    return this.spoken;
  }

  /** Shows a piece of the answer while it is being written. Only checked text may come here. */
  say(text: RichText): void {
    if (text.length === 0) return;
    this.spoken = [...this.spoken, ...text];
    this.frame.emit({
      type: "text-delta",
      runId: this.frame.state.runId,
      stepId: this.frame.stepId,
      text,
    });
  }

  /** What each request to the model carries: who asks, what may serve as an answer, and who is told of its calls. */
  asking(
    promptVersion: number,
  ): Pick<ModelRequest, "agent" | "promptVersion" | "reuse" | "onCall"> {
    const { state, stepId, agent, services, answersKeptSeconds: seconds } = this.frame;
    const { workspaceId, runId } = state;
    const about = { runId, stepId, agent, promptVersion };
    return {
      agent,
      promptVersion,
      reuse: { workspaceId, data: dataOf(state), seconds, mode: services.answers },
      onCall: (call) =>
        this.frame.emit({
          type: "model-called",
          call: { id: crypto.randomUUID(), ...about, ...call },
        }),
    };
  }

  /** Runs a tool and records its evidence. Rejects with `ToolFailed`; the thread shows that it failed. */
  use<Input, Result>(tool: Tool<Input, Result>, input: Input): Promise<ToolUse<Result>> {
    const key = `${tool.name} ${JSON.stringify(input)}`;
    const known = this.uses.get(key);
    // The key names the tool, so what is stored under it has that tool's result type.
    if (known) return known as Promise<ToolUse<Result>>;
    const use = this.run(tool, input, (given) =>
      tool.run(given, {
        analytics: this.services.analytics,
        datasets: this.services.datasets,
        clock: this.services.clock,
        state: this.state,
        signal: this.signal,
      }),
    );
    this.uses.set(key, use);
    use.catch(() => this.uses.delete(key));
    return use;
  }

  /**
   * Runs a tool that changes something, under the approval that this agent's last proposal was given.
   * Rejects with `ToolFailed`, as `use` does, also when nobody approved it.
   */
  change<Input>(tool: ChangeTool<Input>, input: Input): Promise<ToolUse<ChangeOutcome>> {
    const asked = this.state.approvals.findLast(({ agent }) => agent === this.agent);
    const { changes } = this.services;
    return this.run(tool, input, (given) => {
      const isApproved = asked?.decision === "approve" || asked?.decision === "edit";
      if (!isApproved || asked.by === null || changes === null) throw new NotApproved(tool.name);
      const approval = { id: asked.request.id, by: asked.by };
      return tool.run(given, { state: this.state, changes, approval });
    });
  }

  /** Like `use`, for a tool the step can do without: a failure is noted for the report and gives null. */
  async attempt<Input, Result>(
    tool: Tool<Input, Result>,
    input: Input,
  ): Promise<ToolUse<Result> | null> {
    const title = tool.title(input);
    try {
      const used = await this.use(tool, input);
      this.forgetFailure(tool.name, title);
      return used;
    } catch (error) {
      if (!(error instanceof ToolFailed) || this.signal.aborted) throw error;
      this.failed = error;
      this.forgetFailure(tool.name, title);
      this.gained.failures.push({ tool: tool.name, title, error: reasonOf(error.cause) });
      return null;
    }
  }

  /** Rules that take over from a model try its failed tools again: the report names one once, or not at all. */
  private forgetFailure(tool: string, title: string): void {
    this.gained.failures = this.gained.failures.filter(
      (failure) => failure.tool !== tool || failure.title !== title,
    );
  }

  private async run<Input, Result>(
    tool: Pick<Tool<Input, Result>, "name" | "title" | "input" | "summarise">,
    input: Input,
    act: (given: Input) => Promise<ToolFinding<Result>>,
  ): Promise<ToolUse<Result>> {
    this.signal.throwIfAborted();
    const { clock } = this.services;
    const started = clock.now();
    const about = {
      runId: this.state.runId,
      stepId: this.frame.stepId,
      toolCallId: crypto.randomUUID(),
      tool: tool.name,
      title: tool.title(input),
    };
    this.frame.emit({ type: "tool-started", ...about });
    const before = this.lastRecorded;
    const settled = (async () => {
      const finding = await act(tool.input.parse(input));
      const took = clock.now() - started;
      await before;
      return { finding, took };
    })();
    this.lastRecorded = settled.then(
      () => undefined,
      () => before,
    );
    try {
      const { finding, took } = await settled;
      const evidence = finding.draft === null ? null : this.record(finding.draft);
      this.frame.emit({
        type: "tool-finished",
        ...about,
        evidence: evidence?.label ?? null,
        summary: tool.summarise(finding.result, evidence),
        elapsedMs: took,
      });
      return { evidence, result: finding.result };
    } catch (error) {
      const { aborted } = this.signal;
      this.frame.emit({
        type: "tool-failed",
        ...about,
        error: aborted ? "its step ended before it had an answer" : reasonOf(error),
        elapsedMs: clock.now() - started,
      });
      if (aborted) throw this.signal.reason;
      throw new ToolFailed(tool.name, about.title, error);
    }
  }

  private record(draft: EvidenceDraft): KeptEvidence {
    const evidence = {
      ...draft,
      id: crypto.randomUUID(),
      label: `E${this.nextEvidence}`,
      runId: this.state.runId,
      stepId: this.frame.stepId,
      at: new Date(this.services.clock.now()).toISOString(),
    };
    this.nextEvidence += 1;
    this.frame.emit({ type: "evidence-recorded", evidence });
    const kept = keep(evidence);
    this.gained.evidence.push(kept);
    return kept;
  }
}
