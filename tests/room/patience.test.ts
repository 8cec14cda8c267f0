import { describe, expect, it } from "vitest";
import {
  ClickHouseQueryError,
  ClickHouseSilentError,
  ClickHouseUnreachableError,
} from "../../db/clickhouse/errors";
import { PostgresTimeoutError } from "../../db/postgres";
import { PATIENCE_MS, Patience } from "../../party/adapters/patience";
import { HeldClock, settle } from "./scene";

const away = () => new ClickHouseUnreachableError("totals", 3, null);

/** A store that is away until it is put back. */
function scene() {
  const clock = new HeldClock();
  const store = { isAway: true, asked: 0 };
  const patience = new Patience(clock, () => 0.5);
  const ask = async () => {
    store.asked += 1;
    if (store.isAway) throw away();
    return "an answer";
  };
  return { clock, store, patience, ask };
}

/** What became of a promise so far. */
function outcomeOf(promise: Promise<unknown>): { now: unknown } {
  const outcome: { now: unknown } = { now: "waiting" };
  promise.then(
    (answer) => {
      outcome.now = answer;
    },
    (error) => {
      outcome.now = error;
    },
  );
  return outcome;
}

describe("RM50: a run's patience with a store", () => {
  it("asks again until the store is back", async () => {
    const { clock, store, patience, ask } = scene();
    const outcome = outcomeOf(patience.for(ask));
    for (let second = 0; second < 5; second++) await clock.advance(1_000);
    expect(outcome.now).toBe("waiting");
    expect(store.asked).toBeGreaterThan(3);
    store.isAway = false;
    await clock.advance(1_000);
    expect(outcome.now).toBe("an answer");
  });

  it("ends, and the run then fails at once until the store has answered again", async () => {
    const { clock, store, patience, ask } = scene();
    const [first, second] = [outcomeOf(patience.for(ask)), outcomeOf(patience.for(ask))];
    for (let ms = 0; ms <= PATIENCE_MS + 1_000; ms += 500) await clock.advance(500);
    expect(first.now).toBeInstanceOf(ClickHouseUnreachableError);
    expect(second.now).toBeInstanceOf(ClickHouseUnreachableError);
    const asked = store.asked;
    await expect(patience.for(ask)).rejects.toBeInstanceOf(ClickHouseUnreachableError);
    expect(store.asked).toBe(asked + 1);
    store.isAway = false;
    expect(await patience.for(ask)).toBe("an answer");
    store.isAway = true;
    const later = outcomeOf(patience.for(ask));
    await settle();
    expect(later.now).toBe("waiting");
  });

  it("is none for a wrong question, and none for a store that hangs", async () => {
    const { patience } = scene();
    for (const error of [
      new ClickHouseQueryError("totals", 62, "SYNTAX_ERROR", null),
      new ClickHouseSilentError("totals", 1, 40_000, null),
      new PostgresTimeoutError(10_000, null),
    ]) {
      await expect(patience.for(() => Promise.reject(error))).rejects.toBe(error);
    }
  });

  it("ends when the run is stopped", async () => {
    const { patience, ask } = scene();
    const stop = new AbortController();
    const outcome = outcomeOf(patience.for(ask, stop.signal));
    await settle();
    const reason = new Error("stopped");
    stop.abort(reason);
    await settle();
    expect(outcome.now).toBe(reason);
  });
});
