/** How often to ask again, and how long to wait in between (ms, doubled each time, with jitter). */
export interface RetryPolicy {
  attempts: number;
  firstWaitMs: number;
}

/**
 * Runs `attempt` until it succeeds, says not to retry, or the attempts are used up; then throws the
 * last error. Waits a random 50–100 % of the step so that many clients do not come back at once.
 */
export async function withRetry<T>(
  policy: RetryPolicy,
  attempt: (number: number) => Promise<T>,
  mayRetry: (error: unknown) => boolean,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (number >= policy.attempts || !mayRetry(error)) throw error;
      const step = policy.firstWaitMs * 2 ** (number - 1);
      await new Promise((resolve) => setTimeout(resolve, step * (0.5 + Math.random() / 2)));
    }
  }
}
