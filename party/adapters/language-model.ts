import { createOpenAI } from "@ai-sdk/openai";
import {
  generateText,
  type LanguageModelUsage,
  NoObjectGeneratedError,
  Output,
  stepCountIs,
  streamText,
  tool,
  wrapLanguageModel,
} from "ai";
import { z } from "zod";
import { priceOf } from "../../db/prices";
import { type Clock, systemClock } from "../ports/clock";
import {
  type LanguageModelPort,
  ModelFailure,
  type ModelPart,
  type ModelRequest,
  type ModelTool,
  type ModelUsage,
  type ObjectRequest,
  type TextRequest,
} from "../ports/language-model";
import { callMiddleware } from "./model/call-middleware";
import { CircuitBreaker } from "./model/circuit-breaker";
import type { SingleFlight } from "./model/single-flight";
import { modelFetch } from "./model-fetch";

export interface OpenAiSettings {
  apiKey: string;
  /** Of any OpenAI-compatible endpoint; OpenAI's own when absent. */
  baseUrl?: string | undefined;
  model: string;
  /** Models of single agents, by the agent's name. */
  modelOf?: Readonly<Record<string, string | undefined>>;
  /** Where answers are kept; each call goes to the model when absent. */
  flight?: SingleFlight | null;
  /** Of this endpoint, where others use it too. */
  breaker?: CircuitBreaker;
  clock?: Clock;
  /** ms; see `ModelFetchOptions`. */
  answerTimeoutMs?: number;
  stallTimeoutMs?: number;
  attempts?: number;
  longestWaitMs?: number;
}

/** A model behind OpenAI's chat-completions protocol, which compatible endpoints share. */
export function createOpenAiModel(settings: OpenAiSettings): LanguageModelPort {
  const clock = settings.clock ?? systemClock;
  const provider = createOpenAI({
    apiKey: settings.apiKey,
    ...(settings.baseUrl ? { baseURL: settings.baseUrl } : {}),
    fetch: modelFetch({
      clock,
      answerTimeoutMs: settings.answerTimeoutMs ?? 30_000,
      stallTimeoutMs: settings.stallTimeoutMs ?? 20_000,
      attempts: settings.attempts ?? 3,
      longestWaitMs: settings.longestWaitMs ?? 10_000,
      fetch: (input, init) => fetch(input, init),
      breaker: settings.breaker ?? new CircuitBreaker({ clock }),
      random: Math.random,
    }),
  });
  return new OpenAiModel({
    name: settings.model,
    modelOf: settings.modelOf ?? {},
    open: (model) => provider.chat(model),
    // Compatible endpoints of others serve models of others: the catalogue finds those by name.
    provider: settings.baseUrl ? "" : "openai",
    endpoint: settings.baseUrl ?? "",
    flight: settings.flight ?? null,
    clock,
  });
}

interface OpenAiParts {
  name: string;
  modelOf: Readonly<Record<string, string | undefined>>;
  open(model: string): OpenedModel;
  provider: string;
  endpoint: string;
  flight: SingleFlight | null;
  clock: Clock;
}

type OpenedModel = Parameters<typeof wrapLanguageModel>[0]["model"];

class OpenAiModel implements LanguageModelPort {
  constructor(private readonly parts: OpenAiParts) {}

  get name(): string {
    return this.parts.name;
  }

  costUsd(usage: ModelUsage, agent = ""): number | null {
    const cost = this.priceOf(usage, this.modelFor(agent), this.parts.clock.now());
    return cost === null ? null : Number(cost);
  }

  private modelFor(agent: string): string {
    return this.parts.modelOf[agent] ?? this.parts.name;
  }

  private priceOf(usage: ModelUsage, model: string, at: number): string | null {
    const { costUsd } = priceOf({
      provider: this.parts.provider,
      model,
      time: at,
      inputTokens: usage.inputTokens,
      cacheReadTokens: Math.min(usage.cachedInputTokens, usage.inputTokens),
      cacheWriteTokens: 0,
      outputTokens: usage.outputTokens,
      reasoningTokens: 0,
    });
    return costUsd;
  }

  /** The agent's model, each of whose calls is looked up, kept and told of. */
  private modelOf(request: ModelRequest, isGood: (text: string) => boolean) {
    const { provider, endpoint, flight, clock, open } = this.parts;
    const { agent, promptVersion, reuse, onCall } = request;
    const model = this.modelFor(agent);
    return wrapLanguageModel({
      model: open(model),
      middleware: callMiddleware({
        asked: { provider, endpoint, model, agent, promptVersion },
        reuse,
        flight,
        clock,
        isGood: (finish, text) => finish === "tool-calls" || isGood(text),
        priceOf: (usage, at) => this.priceOf(usage, model, at),
        onCall: (call) => onCall?.(call),
      }),
    });
  }

  async *stream(request: TextRequest, signal: AbortSignal): AsyncIterable<ModelPart> {
    const result = streamText({
      model: this.modelOf(request, (text) => text.trim() !== "" && !REFUSAL.test(text)),
      system: request.system,
      prompt: request.prompt,
      tools: Object.fromEntries(request.tools.map((one) => [one.name, vercelTool(one)])),
      // One round more than allowed, in which tools are off: the model has to write.
      stopWhen: stepCountIs(request.maxSteps + 1),
      prepareStep: ({ stepNumber }) =>
        stepNumber >= request.maxSteps && request.tools.length > 0 ? { toolChoice: "none" } : {},
      maxOutputTokens: request.maxOutputTokens,
      maxRetries: 0,
      abortSignal: signal,
      // The failure reaches us through the stream; without this the SDK also prints it.
      onError: () => undefined,
    });
    let written = "";
    let lastReason: string | undefined;
    try {
      for await (const part of result.fullStream) {
        if (part.type === "text-delta") {
          written += part.text;
          yield { type: "text", text: part.text };
        } else if (part.type === "error") throw part.error;
        else if (part.type === "abort") throw abortFailure(signal);
        else if (part.type === "finish-step") lastReason = part.finishReason;
        else if (part.type === "finish") {
          requireGoodEnd(lastReason ?? part.finishReason, written);
          yield { type: "finished", usage: usageOf(part.totalUsage) };
          return;
        }
      }
    } catch (cause) {
      throw asFailure(cause, signal);
    }
    throw new ModelFailure("cut-off");
  }

  async object<T>(
    request: ObjectRequest<T>,
    signal: AbortSignal,
  ): Promise<{ value: T; usage: ModelUsage }> {
    const model = this.modelOf(request, (text) => readObject(text, request.schema).ok);
    const ask = (prompt: string) =>
      generateText({
        model,
        system: `${request.system}\nAnswer with one JSON object of this schema and nothing else:\n${JSON.stringify(z.toJSONSchema(request.schema))}`,
        prompt,
        output: Output.object({ schema: request.schema }),
        maxOutputTokens: request.maxOutputTokens,
        maxRetries: 0,
        abortSignal: signal,
        providerOptions: { openai: { strictJsonSchema: false } },
      });
    let first: { text: string; usage: ModelUsage };
    try {
      const answer = await ask(request.prompt);
      requireGoodEnd(answer.finishReason, answer.text);
      const read = readObject(answer.text, request.schema);
      if (read.ok) return { value: read.value, usage: usageOf(answer.totalUsage) };
      first = { text: answer.text, usage: usageOf(answer.totalUsage) };
    } catch (cause) {
      if (!NoObjectGeneratedError.isInstance(cause)) throw asFailure(cause, signal);
      requireGoodEnd(cause.finishReason, cause.text ?? "");
      // A fenced or chatty object is still an object.
      const read = readObject(cause.text ?? "", request.schema);
      const usage = cause.usage ? usageOf(cause.usage) : noUsage;
      if (read.ok) return { value: read.value, usage };
      first = { text: cause.text ?? "", usage };
    }
    try {
      const answer = await ask(
        `${request.prompt}\n\nYour last answer did not fit the schema (${problemOf(first.text, request.schema)}):\n${first.text.slice(0, 4_000)}\nAnswer again, with the JSON object alone.`,
      );
      const read = readObject(answer.text, request.schema);
      if (!read.ok) throw new ModelFailure("malformed", { detail: read.problem });
      return { value: read.value, usage: sum(first.usage, usageOf(answer.totalUsage)) };
    } catch (cause) {
      if (NoObjectGeneratedError.isInstance(cause)) {
        throw new ModelFailure("malformed", { detail: "also after one repair", cause });
      }
      throw asFailure(cause, signal);
    }
  }
}

function vercelTool(one: ModelTool) {
  return tool({
    description: one.description,
    inputSchema: one.input,
    execute: (input: unknown) => one.execute(input),
  });
}

const REFUSAL =
  /^\W*(?:i['’]?m sorry|sorry,|i can(?:not|['’]t)|i am (?:not able|unable)|as an ai)\b/i;

function requireGoodEnd(reason: string | undefined, text: string): void {
  if (reason === "content-filter") throw new ModelFailure("refused");
  if (reason === "tool-calls") throw new ModelFailure("endless-tools");
  if (reason === "length") throw new ModelFailure("cut-off", { detail: "too long" });
  if (reason !== "stop") throw new ModelFailure("cut-off");
  if (text.trim() === "") throw new ModelFailure("empty");
  if (REFUSAL.test(text)) throw new ModelFailure("refused");
}

type Read<T> = { ok: true; value: T } | { ok: false; problem: string };

function readObject<T>(text: string, schema: z.ZodType<T>): Read<T> {
  const start = text.indexOf("{");
  const end = text.lastIndexOf("}");
  if (start === -1 || end < start) return { ok: false, problem: "no JSON object" };
  let json: unknown;
  try {
    json = JSON.parse(text.slice(start, end + 1));
  } catch {
    return { ok: false, problem: "no valid JSON" };
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error).slice(0, 500) };
}

function problemOf<T>(text: string, schema: z.ZodType<T>): string {
  const read = readObject(text, schema);
  return read.ok ? "wrong form" : read.problem;
}

function abortFailure(signal: AbortSignal): unknown {
  const { reason } = signal;
  return isTimeout(reason) ? new ModelFailure("timed-out", { cause: reason }) : reason;
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "TimeoutError";
}

/** The `ModelFailure` inside whatever the SDK throws; an abort by the caller stays the caller's reason. */
function asFailure(cause: unknown, signal: AbortSignal): unknown {
  for (let at = cause, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if (at instanceof ModelFailure) return at;
  }
  if (signal.aborted) return abortFailure(signal);
  return new ModelFailure("malformed", {
    detail: cause instanceof Error ? cause.name : "unreadable answer",
    cause,
  });
}

const noUsage: ModelUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

function usageOf(usage: LanguageModelUsage): ModelUsage {
  return {
    inputTokens: usage.inputTokens ?? 0,
    cachedInputTokens: usage.inputTokenDetails?.cacheReadTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
  };
}

function sum(a: ModelUsage, b: ModelUsage): ModelUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}
