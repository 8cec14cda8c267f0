import type { Clock } from "../ports/clock";
import { type StopCause, type StopRequest, stopKey } from "./storage-layout";

/** What `run-finished` says of a stopped run, for people. */
export const stopReasons: Record<StopCause, string> = {
  asked: "Stopped.",
  replaced: "Stopped: a newer message took its place.",
};

/** The reason with which a run's signal aborts when a person stops it. */
export class StoppedByUser extends Error {
  override readonly name = "StoppedByUser";
  constructor(readonly because: StopCause) {
    super("The run was stopped");
  }
}

/** Why a run's signal aborted, for people. */
export function reasonOfStop(signal: AbortSignal): string {
  return stopReasons[causeOf(signal)];
}

/**
 * That a run is to be stopped, as it stands in storage; nothing of a run that goes on. Written with what a stopped
 * run says: a run that has said its last words is not taken up again, although the order to stop it was not stored.
 */
export function stopOf(signal: AbortSignal, runId: string): Record<string, StopRequest> {
  return signal.aborted ? { [stopKey]: { runId, because: causeOf(signal) } } : {};
}

function causeOf({ reason }: AbortSignal): StopCause {
  return reason instanceof StoppedByUser ? reason.because : "asked";
}

/**
 * Yields what a generator yields. Once the signal aborts, the generator has `graceMs` to end by
 * itself; after that it is left alone and the sequence ends.
 */
export async function* withGrace<Item>(
  items: AsyncGenerator<Item>,
  signal: AbortSignal,
  clock: Clock,
  graceMs: number,
): AsyncGenerator<Item> {
  let graceIsOver = false;
  // Settles the wait for the one next item. A promise for the whole run, raced against each item, would
  // hold on to every item until the run ends.
  let giveUp = () => {};
  const wait = () =>
    void clock.sleep(graceMs).then(() => {
      graceIsOver = true;
      giveUp();
    });
  if (signal.aborted) wait();
  else signal.addEventListener("abort", wait, { once: true });
  for (;;) {
    const next = await new Promise<IteratorResult<Item> | null>((resolve, reject) => {
      giveUp = () => resolve(null);
      items.next().then(resolve, reject);
      if (graceIsOver) giveUp();
    });
    if (next === null) {
      items.return(undefined).catch(() => {});
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}
