import { priceCall } from "../../../db/prices";
import type { JointQuestion, JointRow, UsageRow } from "../../../party/analysis/source";
import { groupBy } from "./group-by";
import { billedReads, exactRepeats, servedPrefixes, servedRepeats } from "./plain-caches";
import { spend } from "./plain-sums";
import type { StoredCall } from "./stored-call";

/** The classes of a plan, call by call. `calls` are in order of time. */
export function jointRows(calls: readonly StoredCall[], question: JointQuestion): JointRow[] {
  const { answers, prompt, caps, trims, steps } = question;
  const never = new Set<StoredCall>();
  const served = {
    low: answers ? servedRepeats(calls, answers.livesFrom, answers.low) : never,
    central: answers ? servedRepeats(calls, answers.livesFrom, answers.central) : never,
    high: answers ? exactRepeats(calls) : never,
  };
  const moveOf = (call: StoredCall) =>
    prompt?.moves.find(
      (move) =>
        move.feature === call.feature &&
        move.provider === call.provider &&
        move.model === call.model,
    );
  const hasPrefix = (call: StoredCall) =>
    prompt !== null &&
    call.status === "ok" &&
    call.prefixBlocks.length > 0 &&
    moveOf(call)?.excluded !== true;
  const cacheOf = (call: StoredCall) => {
    if (!hasPrefix(call)) return null;
    const move = moveOf(call);
    const place = move ? prompt?.moves.indexOf(move) : -1;
    return JSON.stringify([call.datasetId, call.provider, call.model, place]);
  };
  const lifetime = prompt ? prompt.lifetimeSeconds * 1000 : 0;
  const replay = (without: ReadonlySet<StoredCall>, ms: number | null) =>
    servedPrefixes(
      calls.filter((call) => !without.has(call)),
      cacheOf,
      ms,
    );
  const replays = {
    all: replay(never, lifetime),
    keptLow: replay(served.low, lifetime),
    keptCentral: replay(served.central, lifetime),
    allEver: replay(never, null),
    keptEver: replay(served.high, null),
  };
  const noRule = { minimumTokens: 0, stepTokens: 1 };
  const ruleOf = (call: StoredCall) =>
    prompt?.rules.find(
      ({ provider, model }) => provider === call.provider && model === call.model,
    ) ?? noRule;
  const capOf = (call: StoredCall) =>
    caps.find(({ feature }) => feature === call.feature)?.tokens ?? Number.POSITIVE_INFINITY;
  /** Input behind the bound that neither the log nor any replay has cached. */
  const trimOf = (call: StoredCall) => {
    const bound = trims.find(({ feature }) => feature === call.feature)?.tokens;
    if (bound === undefined) return 0;
    const rules = [ruleOf(call), moveOf(call) ?? noRule];
    const served = !prompt
      ? []
      : Object.values(replays).flatMap((replayed) =>
          rules.map((rule) => billedReads(replayed.get(call) ?? 0, rule)),
        );
    const cached = Math.max(call.cacheReadTokens + call.cacheWriteTokens, ...served);
    return Math.max(0, Math.min(call.inputTokens - bound, call.inputTokens - cached));
  };

  const classOf = (call: StoredCall) => {
    const price = priceCall(call);
    const applied = price.priced ? price.applied : null;
    const text = (pico: bigint | null | undefined) => (pico == null ? null : pico.toString());
    return {
      attempt: call.status === "ok" ? 0 : Math.min(call.retry, 2) + 1,
      served: {
        low: served.low.has(call),
        central: served.central.has(call),
        high: served.high.has(call),
      },
      cacheable: hasPrefix(call) && call.inputTokens >= ruleOf(call).minimumTokens,
      cacheableMoved:
        hasPrefix(call) &&
        call.inputTokens >= (moveOf(call)?.minimumTokens ?? Number.POSITIVE_INFINITY),
      prices: {
        input: text(applied?.input),
        cacheRead: text(applied?.cacheRead),
        cacheWrite: text(applied?.cacheWrite),
        output: text(applied?.output),
      },
    };
  };
  const classes = groupBy(
    calls.filter((call) => call.cost !== null),
    (call) => JSON.stringify(classOf(call)),
  );
  return [...classes].flatMap(([text, own]) =>
    usage(own, steps).map((row) => {
      const alike = own.filter(
        (call) =>
          call.feature === row.feature &&
          call.provider === row.provider &&
          call.model === row.model &&
          stepOf(call, steps) === row.step,
      );
      const sum = (pick: (call: StoredCall) => number) =>
        alike.reduce((total, call) => total + pick(call), 0);
      const reads = (pick: (call: StoredCall, served: number) => number) => {
        const over = (replayed: ReadonlyMap<StoredCall, number>) =>
          sum((call) => (prompt ? pick(call, replayed.get(call) ?? 0) : 0));
        return {
          all: over(replays.all),
          keptLow: over(replays.keptLow),
          keptCentral: over(replays.keptCentral),
          allEver: over(replays.allEver),
          keptEver: over(replays.keptEver),
        };
      };
      return {
        ...(JSON.parse(text) as ReturnType<typeof classOf>),
        ...row,
        cappedOutputTokens: sum((call) => Math.min(call.outputTokens, capOf(call))),
        truncatedCalls: alike.filter((call) => call.outputTokens > capOf(call)).length,
        trimmedInputTokens: sum(trimOf),
        trimmedCalls: alike.filter((call) => trimOf(call) > 0).length,
        reads: reads((call, tokens) =>
          Math.max(call.cacheReadTokens, billedReads(tokens, ruleOf(call))),
        ),
        movedReads: reads((call, tokens) => {
          const move = moveOf(call);
          return Math.max(
            move?.keepsReads ? call.cacheReadTokens : 0,
            billedReads(tokens, move ?? noRule),
          );
        }),
      };
    }),
  );
}

function stepOf(call: StoredCall, steps: readonly number[]): number {
  return steps.filter((start) => call.inputTokens > start).length;
}

export function usage(calls: readonly StoredCall[], steps: readonly number[]): UsageRow[] {
  const groups = groupBy(calls, (call) =>
    JSON.stringify([call.feature, call.provider, call.model, stepOf(call, steps)]),
  );
  return [...groups.values()].map((own) => {
    const [first] = own;
    if (!first) throw new Error("a group has calls");
    const sum = (pick: (call: StoredCall) => number) =>
      own.reduce((total, call) => total + pick(call), 0);
    return {
      feature: first.feature,
      provider: first.provider,
      model: first.model,
      step: stepOf(first, steps),
      calls: own.length,
      inputTokens: sum((call) => call.inputTokens),
      cacheReadTokens: sum((call) => call.cacheReadTokens),
      cacheWriteTokens: sum((call) => call.cacheWriteTokens),
      outputTokens: sum((call) => call.outputTokens),
      longestTokens: Math.max(...own.map((call) => call.inputTokens + call.outputTokens)),
      costUsd: spend(own) ?? "0",
    };
  });
}
