import type {
  AgentName,
  ApprovalChoice,
  ApprovalRequest,
  ApprovalValues,
  Evidence,
  Person,
  Report,
  RichText,
  ThreadEvent,
  ThreadEventOf,
} from "../../protocol";

/** A person's word on what the crew asked for, with the values it stands for. */
export interface ApprovalDecision {
  approvalId: string;
  decision: ApprovalChoice;
  values: ApprovalValues;
  by: Person;
}

/** An earlier question of the same branch of a thread, and what came of it. */
export interface Turn {
  messageId: string;
  question: string;
  /** When it was asked. */
  at: string;
  /** Its last run; null when none has begun. */
  runId: string | null;
  /** How that run ended; `open` while it waits for an approval. */
  state: ThreadEventOf<"run-finished">["state"] | "open";
  /** What the run said last, with the receipts of its figures; whole only when it completed. */
  answer: RichText;
  report: Report | null;
  /** What its agents left for follow-ups (`Agent.leavesResult`), as their output schemas had it then. */
  results: Readonly<Partial<Record<AgentName, unknown>>>;
  /** In the order of their labels, which no other run of the thread uses: they may be cited again. */
  evidence: readonly Evidence[];
}

/** What the crew is asked to answer. */
export interface CrewRequest {
  workspaceId: string;
  threadId: string;
  runId: string;
  message: { id: string; text: string };
  /** Number of the next evidence label in this thread: evidence of all its runs counts up from E1. */
  nextEvidence: number;
  /** The state saved after the last finished step, when the run is resumed; as `Checkpoint.state` gave it. */
  checkpoint: unknown | null;
  /** What a person decided about the approval that the run waited for; null before. */
  approval?: ApprovalDecision | null;
  /** Whether the model's earlier answers may serve (the default), or are asked for anew. */
  answers?: "use" | "refresh" | "bypass";
  /** Whether this is the thread's first run, which then gives the thread its title. Taken from `nextEvidence` when absent. */
  firstRun?: boolean;
  /**
   * What was asked and answered before on the way to this message, oldest first: the last ten turns of its
   * own branch, evidence bounded to 512 Ki characters of JSON (the newest stays). Reads room storage, so ask
   * after `run-started`, and only when the message needs it. Absent where there is no thread; asked again
   * after a resume it says the same. Rejects when room storage does.
   */
  history?: () => Promise<readonly Turn[]>;
}

/** What the crew yields while it works. The room writes an event before it shows it. */
export type CrewOutput =
  | { kind: "event"; event: ThreadEvent }
  /** A step is finished: `state` is JSON to store and hand back in `CrewRequest.checkpoint`. */
  | { kind: "checkpoint"; state: unknown }
  /** The run needs a person's word: it ends here and goes on from `state`, with the decision in the request. */
  | { kind: "approval"; approval: ApprovalRequest; state: unknown };

/**
 * Runs the crew over one message. Ends with a `run-finished` event or an approval, whatever happens short
 * of the process dying; an abort of `signal` ends it with state `cancelled`. A first checkpoint follows
 * `run-started` at once; a run resumed from a checkpoint does not start again. Events that end the
 * run (report, answer) carry ids kept in the state, so that writing them twice is writing them once.
 */
export type RunCrew = (request: CrewRequest, signal: AbortSignal) => AsyncGenerator<CrewOutput>;
