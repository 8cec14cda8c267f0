import type { LanguageModelMiddleware } from "ai";

type WrapStream = NonNullable<LanguageModelMiddleware["wrapStream"]>;
type WrapGenerate = NonNullable<LanguageModelMiddleware["wrapGenerate"]>;

/** One call as the SDK hands it to a provider: messages, tools, sampling parameters, form of the answer. */
export type CallParams = Parameters<WrapStream>[0]["params"];
export type Streamed = Awaited<ReturnType<WrapStream>>;
export type StreamPart = Streamed["stream"] extends ReadableStream<infer Part> ? Part : never;
export type Generated = Awaited<ReturnType<WrapGenerate>>;
export type CallUsage = Generated["usage"];
