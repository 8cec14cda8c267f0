import { describe, expect, it } from "vitest";
import type { Call } from "../../db/clickhouse/call";
import { dayShocks, type PlantedTraffic, plantedCalls } from "../../db/demo";
import { DAY_MS } from "../../party/analysis/statistics/seasonal-trend";
import { type ActionPromise, verifyAction } from "../../party/analysis/verify-action";
import { evidenceDraftSchema } from "../../party/protocol/evidence";
import { aCall } from "../clickhouse/support/calls";
import { heldLog } from "./support/scopes";

const start = Date.UTC(2026, 2, 2);
const days = { seed: 11, start, days: 60 };
const acceptedAt = start + 30 * DAY_MS + 9 * 3_600_000;
const doneAt = start + 31 * DAY_MS + 15 * 3_600_000;

const traffic: PlantedTraffic = {
  feature: "assistant",
  provider: "openai",
  model: "gpt-4o",
  callsPerDay: 30,
  trend: 0.005,
  dayShock: 0.05,
  persistence: 0.2,
  inputTokens: 2_000,
  outputTokens: 200,
};

/** Two features; from its completion on, the assistant's calls are 30 % smaller. */
const log: Call[] = [
  ...[...plantedCalls(days, traffic, dayShocks(days, traffic, 1))].map((call) =>
    call.time < doneAt
      ? call
      : {
          ...call,
          inputTokens: Math.round(call.inputTokens * 0.7),
          outputTokens: Math.round(call.outputTokens * 0.7),
        },
  ),
  ...plantedCalls(days, { ...traffic, feature: "search" }, dayShocks(days, traffic, 2)),
].sort((a, b) => a.time - b.time);

const baseline = { from: start, to: start + 30 * DAY_MS };
const costBefore = 30 * 30 * 0.007;
const promise: ActionPromise = {
  lever: "prompt-trim",
  feature: "assistant",
  savingLowUsd: costBefore * 0.2,
  savingHighUsd: costBefore * 0.35,
  baseline,
  acceptedAt,
  doneAt,
  alsoChanged: [],
  level: 0.9,
};

describe("an action's verification over a log", () => {
  it("finds the planted saving within its interval, corrected by the untouched feature", async () => {
    const { source, scope } = heldLog(log);
    const { result, draft } = await verifyAction(source, scope, promise);
    if (result.state !== "verified") throw new Error(JSON.stringify(result));
    expect(result.verdict).toBe("kept");
    expect(result.realised).toMatchObject({ weeksBefore: 4, weeksAfter: 3, corrected: true });
    expect(result.realised.shareInterval.low).toBeLessThan(0.3);
    expect(result.realised.shareInterval.high).toBeGreaterThan(0.3);
    evidenceDraftSchema.parse(draft);
    const value = (key: string) => draft.values.find((one) => one.key === key)?.value;
    expect(Number(value("realised_share"))).toBeCloseTo(result.realised.share * 100, 5);
    expect(value("kept")).toBe("1");
  });

  it("has nothing to correct by when every feature is changed, and says so", async () => {
    const { source, scope } = heldLog(log);
    for (const other of [
      { ...promise, alsoChanged: null },
      { ...promise, alsoChanged: ["search"] },
      { ...promise, feature: null },
    ]) {
      const { result } = await verifyAction(source, scope, other);
      if (result.state === "unknown") throw new Error(result.reason);
      const realised = result.state === "verified" ? result.realised : result.soFar;
      expect(realised?.corrected).toBe(false);
    }
  });

  it("is too early on the day it was done, with the calls of a week as what is missing", async () => {
    const { source, scope } = heldLog(log.filter(({ time }) => time < doneAt + DAY_MS));
    const { result, draft } = await verifyAction(source, scope, promise);
    if (result.state !== "too-early") throw new Error(JSON.stringify(result));
    // Seven days of about 28 calls.
    expect(result.callsNeeded).toBeGreaterThan(150);
    expect(result.callsNeeded).toBeLessThan(260);
    expect(draft.values.find(({ key }) => key === "calls_needed")?.value).toBe(
      String(result.callsNeeded),
    );
    expect(draft.values.find(({ key }) => key === "realised")).toMatchObject({
      value: null,
      note: result.reason,
    });
  });

  it("counts retries per successful call and a response cache per day", async () => {
    // Half of the requests failed once before; afterwards none does. Per call nothing would have changed.
    const storm = log
      .filter(({ feature }) => feature === "search")
      .flatMap((call, index) =>
        call.time < doneAt && index % 2 === 0
          ? [call, { ...call, id: `${call.id}-again`, status: "error" as const, retry: 1 }]
          : [call],
      );
    const { source, scope } = heldLog(storm);
    const about = { ...promise, feature: null };
    const perCall = await verifyAction(source, scope, { ...about, lever: "prompt-trim" });
    const perSuccess = await verifyAction(source, scope, { ...about, lever: "retry-waste" });
    const shareOf = ({ result }: typeof perCall) =>
      result.state === "verified"
        ? result.realised.share
        : result.state === "too-early"
          ? (result.soFar?.share ?? 0)
          : 0;
    expect(Math.abs(shareOf(perCall))).toBeLessThan(0.1);
    expect(shareOf(perSuccess)).toBeCloseTo(1 / 3, 1);
  });

  it("is unknown, with the reason, where the log cannot tell", async () => {
    for (const calls of [
      [],
      [aCall({ id: "1", time: start, feature: "assistant" })],
      log.map((call) => ({ ...call, model: "house-model-7" })),
      log.map((call) => ({ ...call, inputTokens: 0, outputTokens: 0 })),
      log.filter(({ time }) => time >= doneAt),
    ]) {
      const { source, scope } = heldLog(calls);
      const { result, draft } = await verifyAction(source, scope, promise);
      expect(result.state).toBe("unknown");
      expect(JSON.stringify(draft)).not.toMatch(/NaN|Infinity/);
      evidenceDraftSchema.parse(draft);
    }
  });
});
