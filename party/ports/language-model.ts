import type { z } from "zod";
import type { ModelCall } from "../protocol";

/** A tool as a language model sees it. `execute` answers with text for the model; it may reject. */
export interface ModelTool {
  name: string;
  description: string;
  input: z.ZodType;
  execute(input: unknown): Promise<string>;
}

/** Who may be given an earlier answer, and for how long one is kept. */
export interface AnswerReuse {
  /** Answers never pass from one to another. */
  workspaceId: string;
  /** Which data the question is about, and in which version: other data, another answer. */
  data: string;
  /** How long an answer may serve, s. */
  seconds: number;
  /** `refresh` asks anew and keeps that answer; `bypass` neither takes nor keeps one. */
  mode: "use" | "refresh" | "bypass";
}

export interface ModelRequest {
  /** Which agent asks, and with which version of its prompt. */
  agent: string;
  promptVersion: number;
  reuse: AnswerReuse;
  /** Told of each call of the model that this request leads to, when it is over. Must not throw. */
  onCall?(call: CalledModel): void;
  system: string;
  prompt: string;
  /** Ceiling on written tokens. */
  maxOutputTokens: number;
}

export interface TextRequest extends ModelRequest {
  tools: readonly ModelTool[];
  /** Ceiling on rounds of tool calls; the model is asked to write after the last. */
  maxSteps: number;
}

export interface ObjectRequest<T> extends ModelRequest {
  schema: z.ZodType<T>;
}

/** One call of a model, as who asked is told of it: the run, the step and the agent are its own. */
export type CalledModel = Omit<ModelCall, "id" | "runId" | "stepId" | "agent" | "promptVersion">;

/** Tokens that one request used, all its rounds together; answers taken from the cache use none. */
export interface ModelUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
}

export type ModelPart = { type: "text"; text: string } | { type: "finished"; usage: ModelUsage };

/** A language model behind an OpenAI-compatible endpoint, or a scripted one in tests. */
export interface LanguageModelPort {
  /** As shown to people: `gpt-4.1-mini`. Single agents may have one of their own. */
  readonly name: string;
  /** List price of what an agent used, USD; null when the catalogue does not know its model. */
  costUsd(usage: ModelUsage, agent?: string): number | null;
  /**
   * Text piece by piece; tools run in between. Ends with `finished`. Throws `ModelFailure` when the
   * endpoint fails, stalls, is cut off, refuses or says nothing.
   */
  stream(request: TextRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
  /** One answer of the asked shape, repaired at most once. Throws `ModelFailure`. */
  object<T>(
    request: ObjectRequest<T>,
    signal: AbortSignal,
  ): Promise<{ value: T; usage: ModelUsage }>;
}

export type ModelFailureKind = Exclude<ModelCall["outcome"], "ok" | "stopped">;

const SAID: Record<ModelFailureKind, string> = {
  "rate-limited": "the model endpoint limits our rate",
  unavailable: "the model endpoint is not available",
  rejected: "the model endpoint rejected the request",
  "timed-out": "the model took too long",
  "cut-off": "the model's answer was cut off",
  malformed: "the model's answer did not have the asked form",
  "endless-tools": "the model kept calling tools without an answer",
  refused: "the model refused to answer",
  empty: "the model answered nothing",
  "over-budget": "the step's budget for the model is spent",
};

/** Why a model could not do its part. The step then falls back to its rules. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  constructor(
    readonly kind: ModelFailureKind,
    options: { detail?: string; cause?: unknown } = {},
  ) {
    super(SAID[kind] + (options.detail ? ` (${options.detail})` : ""), { cause: options.cause });
  }
  /** Whether asking again later may help. */
  get retry(): boolean {
    return this.kind === "rate-limited" || this.kind === "unavailable" || this.kind === "timed-out";
  }
}
