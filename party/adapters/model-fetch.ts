import type { Clock } from "../ports/clock";
import { ModelFailure } from "../ports/language-model";
import { bodyPieces } from "./model/body-pieces";
import type { CircuitBreaker } from "./model/circuit-breaker";

export interface ModelFetchOptions {
  clock: Clock;
  /** ms until the endpoint answers with headers. */
  answerTimeoutMs: number;
  /** ms without a byte of the body before the answer counts as stalled. */
  stallTimeoutMs: number;
  /** Attempts in all. */
  attempts: number;
  /** Longest wait, ms, that an endpoint may ask for by Retry-After; beyond it we do not wait. */
  longestWaitMs: number;
  fetch: typeof fetch;
  breaker: CircuitBreaker;
  /** 0–1, for the jitter. */
  random(): number;
}

/**
 * `fetch` for model endpoints: time-outs on answer and on silence, bounded retries with full jitter
 * on 408, 429, 5xx and lost connections, obeying Retry-After; at once while the breaker is open. Throws `ModelFailure`. A body that
 * stalls in the middle errors with `ModelFailure("timed-out")`; it is never retried, because part of
 * it may have been used.
 */
export function modelFetch(options: ModelFetchOptions): typeof fetch {
  return async (input, init) => {
    const caller = init?.signal ?? undefined;
    for (let attempt = 1; ; attempt += 1) {
      options.breaker.enter();
      const outcome = await once(options, input, init);
      tellBreaker(options.breaker, outcome, caller?.aborted ?? false);
      if (outcome.kind === "answer") return outcome.response;
      if (caller?.aborted) throw caller.reason;
      const wait = outcome.retryAfterMs ?? jitter(options, attempt);
      if (!outcome.failure.retry || attempt >= options.attempts || wait > options.longestWaitMs) {
        throw outcome.failure;
      }
      await options.clock.sleep(wait, caller);
    }
  };
}

type Outcome =
  | { kind: "answer"; response: Response }
  | { kind: "failure"; failure: ModelFailure; retryAfterMs: number | null };

function tellBreaker(breaker: CircuitBreaker, outcome: Outcome, stopped: boolean): void {
  if (outcome.kind === "answer") breaker.succeeded();
  else if (stopped) breaker.abandoned();
  else if (outcome.failure.kind === "unavailable" || outcome.failure.kind === "timed-out") {
    breaker.failed();
  } else breaker.succeeded();
}

async function once(
  options: ModelFetchOptions,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Outcome> {
  const silence = new AbortController();
  let timer = setTimeout(
    () => silence.abort(new ModelFailure("timed-out", { detail: "no answer" })),
    options.answerTimeoutMs,
  );
  const signals = [silence.signal, ...(init?.signal ? [init.signal] : [])];
  let response: Response;
  try {
    response = await options.fetch(input, { ...init, signal: AbortSignal.any(signals) });
  } catch (cause) {
    clearTimeout(timer);
    const failure =
      silence.signal.reason instanceof ModelFailure
        ? silence.signal.reason
        : new ModelFailure("unavailable", { detail: "no connection", cause });
    return { kind: "failure", failure, retryAfterMs: null };
  }
  clearTimeout(timer);
  if (!response.ok) {
    const status = response.status;
    await response.body?.cancel().catch(() => undefined);
    const kind =
      status === 429
        ? "rate-limited"
        : status >= 500 || status === 408
          ? "unavailable"
          : "rejected";
    return {
      kind: "failure",
      failure: new ModelFailure(kind, { detail: `HTTP ${status}` }),
      retryAfterMs: retryAfter(response.headers.get("retry-after"), options.clock.now()),
    };
  }
  if (!response.body) return { kind: "answer", response };
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => silence.abort(new ModelFailure("timed-out", { detail: "stalled in the middle" })),
      options.stallTimeoutMs,
    );
  };
  const body = watched(response.body, silence.signal, restart, () => clearTimeout(timer));
  const { status, statusText, headers } = response;
  return { kind: "answer", response: new Response(body, { status, statusText, headers }) };
}

/** The body, erroring when it falls silent and quiet about time once it ended. */
function watched(
  body: ReadableStream<Uint8Array>,
  silence: AbortSignal,
  heard: () => void,
  ended: () => void,
): ReadableStream<Uint8Array> {
  const pieces = bodyPieces(body);
  const silent = new Promise<never>((_, reject) => {
    silence.addEventListener("abort", () => reject(silence.reason), { once: true });
  });
  silent.catch(() => undefined);
  return new ReadableStream<Uint8Array>({
    start: heard,
    async pull(controller) {
      try {
        const piece = await Promise.race([pieces.next(), silent]);
        if (piece === null) {
          ended();
          controller.close();
          return;
        }
        heard();
        controller.enqueue(piece);
      } catch (cause) {
        ended();
        pieces.cancel(cause).catch(() => undefined);
        controller.error(
          cause instanceof ModelFailure ? cause : new ModelFailure("cut-off", { cause }),
        );
      }
    },
    cancel(reason) {
      ended();
      return pieces.cancel(reason);
    },
  });
}

function jitter(options: ModelFetchOptions, attempt: number): number {
  return options.random() * Math.min(4_000, 250 * 2 ** attempt);
}

/** Retry-After in ms: seconds or an HTTP date; null when absent or unreadable. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
