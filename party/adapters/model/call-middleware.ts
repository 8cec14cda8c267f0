import { type LanguageModelMiddleware, simulateReadableStream } from "ai";
import type { Clock } from "../../ports/clock";
import {
  type AnswerReuse,
  type CalledModel,
  ModelFailure,
  type ModelUsage,
} from "../../ports/language-model";
import { type Asked, hashRequest } from "./canonical-request";
import {
  AnswerGatherer,
  gather,
  type KeptAnswer,
  readKept,
  textOf,
  toGenerated,
  toParts,
  usageOf,
  withoutLabels,
} from "./kept-answer";
import type { CallParams, StreamPart } from "./sdk-types";
import type { SingleFlight } from "./single-flight";

/** What the calls of one request share. */
export interface CallFrame {
  asked: Omit<Asked, "reuse">;
  reuse: AnswerReuse;
  /** Null where nothing is kept: each call goes to the model. */
  flight: SingleFlight | null;
  clock: Clock;
  /** Whether an answer is one that may serve again. */
  isGood(finish: KeptAnswer["finish"], text: string): boolean;
  /** Exact decimal text, USD, for a call of the moment `at` (Unix ms); null when there is no price. */
  priceOf(usage: ModelUsage, at: number): string | null;
  onCall(call: CalledModel): void;
}

/** Takes answers from the cache, lays good ones down, and tells of each call what it used. */
export function callMiddleware(frame: CallFrame): LanguageModelMiddleware {
  return {
    specificationVersion: "v3",
    wrapGenerate: async ({ doGenerate, params }) => {
      const call = await begin(frame, params);
      if (call.kept) return toGenerated(call.kept);
      try {
        const generated = await doGenerate();
        await call.end(gather(generated), usageOf(generated.usage), endOf(generated.finishReason));
        return generated;
      } catch (error) {
        call.fail(error, params.abortSignal);
        throw error;
      }
    },
    wrapStream: async ({ doStream, params }) => {
      const call = await begin(frame, params);
      if (call.kept) {
        const chunks = toParts(call.kept);
        const now = { initialDelayInMs: null, chunkDelayInMs: null };
        return { stream: simulateReadableStream<StreamPart>({ chunks, ...now }) };
      }
      try {
        const streamed = await doStream();
        return { ...streamed, stream: watch(streamed.stream, call, params.abortSignal) };
      } catch (error) {
        call.fail(error, params.abortSignal);
        throw error;
      }
    },
  };
}

interface Begun {
  /** The answer that stands already, told of. */
  kept: KeptAnswer | null;
  onFirstPiece(): void;
  end(
    answer: KeptAnswer | null,
    usage: CalledModel["usage"],
    outcome: CalledModel["outcome"],
  ): Promise<void>;
  fail(error: unknown, signal: AbortSignal | undefined): void;
}

const noUsage: ModelUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

async function begin(frame: CallFrame, params: CallParams): Promise<Begun> {
  const { asked, reuse, flight, clock } = frame;
  const startedAt = clock.now();
  const { workspaceId, data } = reuse;
  const { hash, labels } = await hashRequest({ ...asked, reuse: { workspaceId, data } }, params);
  const turn = flight ? await flight.turn(hash, reuse, params.abortSignal) : null;
  const kept = turn?.kind === "answer" ? readKept(turn.value, labels) : null;
  const asking = turn?.kind === "ask" ? turn.asking : null;
  const cache = kept ? "hit" : flight && reuse.mode === "use" ? "miss" : "bypass";
  let firstTokenMs: number | null = null;
  let isOver = false;
  const priceOf = (usage: CalledModel["usage"]) => usage && frame.priceOf(usage, startedAt);
  const tell = (fields: Pick<CalledModel, "outcome" | "usage" | "costUsd" | "savedUsd">) => {
    if (isOver) return;
    isOver = true;
    const { provider, model } = asked;
    frame.onCall({
      ...{ provider, model, requestHash: hash, cache, firstTokenMs },
      startedAt: new Date(startedAt).toISOString(),
      latencyMs: Math.max(0, clock.now() - startedAt),
      ...fields,
    });
  };
  if (kept) {
    tell({ outcome: "ok", usage: noUsage, costUsd: "0", savedUsd: priceOf(kept.usage) });
  }
  return {
    kept,
    onFirstPiece: () => {
      firstTokenMs ??= clock.now() - startedAt;
    },
    end: async (answer, usage, outcome) => {
      tell({ outcome, usage, costUsd: priceOf(usage), savedUsd: null });
      const good = answer !== null && frame.isGood(answer.finish, textOf(answer));
      const toKeep = good ? withoutLabels(answer, labels) : null;
      if (toKeep) await asking?.keep(toKeep);
      else asking?.giveUp();
    },
    fail: (error, signal) => {
      if (isOver) return;
      const outcome = signal?.aborted && !isTimeout(signal) ? "stopped" : kindOf(error);
      tell({ outcome, usage: null, costUsd: null, savedUsd: null });
      asking?.giveUp();
    },
  };
}

/** The same stream; whoever stops reading, and whatever breaks it, ends the call. */
function watch(
  stream: ReadableStream<StreamPart>,
  call: Begun,
  signal: AbortSignal | undefined,
): ReadableStream<StreamPart> {
  const reader = stream.getReader();
  const gatherer = new AnswerGatherer();
  return new ReadableStream<StreamPart>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          call.fail(new ModelFailure("cut-off"), signal);
          controller.close();
          return;
        }
        gatherer.take(value);
        if (value.type === "text-delta" || value.type === "tool-call") call.onFirstPiece();
        if (value.type === "error") call.fail(value.error, signal);
        if (value.type === "finish") {
          const { usage, finishReason } = value;
          await call.end(gatherer.answer, usageOf(usage), endOf(finishReason));
        }
        controller.enqueue(value);
      } catch (error) {
        call.fail(error, signal);
        controller.error(error);
      }
    },
    cancel(reason) {
      call.fail(reason, signal ?? AbortSignal.abort());
      return reader.cancel(reason);
    },
  });
}

function endOf({ unified }: { unified: string }): CalledModel["outcome"] {
  if (unified === "stop" || unified === "tool-calls") return "ok";
  return unified === "content-filter" ? "refused" : "cut-off";
}

function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}

function kindOf(error: unknown): ModelFailure["kind"] {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if (at instanceof ModelFailure) return at.kind;
    if (at.name === "TimeoutError") return "timed-out";
  }
  return "malformed";
}
