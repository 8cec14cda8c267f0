import type { z } from "zod";

/** A tool as a language model sees it. `execute` answers with text for the model; it may reject. */
export interface ModelTool {
  name: string;
  description: string;
  input: z.ZodType;
  execute(input: unknown): Promise<string>;
}

export interface ModelRequest {
  /** Which agent asks, and with which version of its prompt; for logs and caches. */
  agent: string;
  promptVersion: number;
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

/** Tokens that one request used, all its rounds together. */
export interface ModelUsage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
}

export type ModelPart = { type: "text"; text: string } | { type: "finished"; usage: ModelUsage };

/** A language model behind an OpenAI-compatible endpoint, or a scripted one in tests. */
export interface LanguageModelPort {
  /** As shown to people: `gpt-4.1-mini`. */
  readonly name: string;
  /** List price of what was used, USD; null when the catalogue does not know the model. */
  costUsd(usage: ModelUsage): number | null;
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

export type ModelFailureKind =
  | "rate-limited"
  | "unavailable"
  | "rejected"
  | "timed-out"
  | "cut-off"
  | "malformed"
  | "endless-tools"
  | "refused"
  | "empty"
  | "over-budget";

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
