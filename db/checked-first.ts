/**
 * Runs actions on a store that may be exchanged behind our back: `check` comes first, unless it passed
 * within `believedMs` and no action has failed since. No promise is shared between callers: in workerd no
 * request may wait for the work of another.
 */
export function checkedFirst(
  check: () => Promise<void>,
  { believedMs, now = Date.now }: { believedMs: number; now?: () => number },
): <T>(act: () => Promise<T>) => Promise<T> {
  let passedAt = Number.NEGATIVE_INFINITY;
  return async (act) => {
    try {
      if (now() - passedAt > believedMs) {
        await check();
        passedAt = now();
      }
      return await act();
    } catch (error) {
      passedAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };
}
