import type { Call } from "../clickhouse/call";
import { formatUsd, type Pico, priceCall } from "../prices";
import type { PlantedFacts, PlantedModel, PlantedPrefix } from "./facts";
import { FEATURES, TAGGING, UNPRICED_MODEL } from "./features";
import type { Incidents } from "./incidents";

/** Counts the planted facts over calls given in order of time. */
export class FactCounter {
  private calls = 0;
  private spend: Pico = 0n;
  private duplicateCost: Pico = 0n;
  private errorCost: Pico = 0n;
  private readonly duplicates = new Map<string, number>();
  private readonly answered = new Map<string, Set<string>>();
  private retryCalls = 0;
  private errorCalls = 0;
  private unpricedCalls = 0;
  private readonly storm = { calls: 0, errors: 0, retries: 0 };
  private readonly labels = new Map<string, { calls: number; labelled: number; good: number }>();
  private readonly prefixes = new Map<string, PlantedPrefix>();
  private readonly sentBlocks = new Map<string, Set<string>>();
  private qualityLabels = 0;
  private inputTokens = 0;
  private outputTokens = 0;
  private firstCallAt = 0;
  private lastCallAt = 0;

  constructor(private readonly incidents: Incidents) {}

  add(call: Call): void {
    if (this.calls === 0) this.firstCallAt = call.time;
    this.calls += 1;
    this.lastCallAt = call.time;
    this.inputTokens += call.inputTokens;
    this.outputTokens += call.outputTokens;
    if (call.retry > 0) this.retryCalls += 1;
    if (call.quality !== null) this.qualityLabels += 1;
    const cost = this.price(call);
    if (call.status === "error") {
      this.errorCalls += 1;
      this.errorCost += cost;
    } else {
      this.addAnswered(call, cost);
      this.addPrefix(call);
    }
    this.addStorm(call);
    if (call.feature === TAGGING) this.addLabel(call);
  }

  facts(): PlantedFacts {
    const { feature, from, to } = this.incidents.retryStorm;
    const [large, small] = FEATURES.find(({ name }) => name === TAGGING)?.models ?? [];
    const duplicateCalls = [...this.duplicates.values()].reduce((sum, calls) => sum + calls, 0);
    return {
      calls: this.calls,
      spendUsd: formatUsd(this.spend),
      duplicateCalls,
      duplicateCallsByFeature: Object.fromEntries(this.duplicates),
      duplicateCostUsd: formatUsd(this.duplicateCost),
      retryCalls: this.retryCalls,
      errorCalls: this.errorCalls,
      errorCostUsd: formatUsd(this.errorCost),
      retryStorm: { feature, from, to, ...this.storm },
      unpricedCalls: this.unpricedCalls,
      unpricedModel: UNPRICED_MODEL,
      oversized: { feature: TAGGING, large: this.model(large), small: this.model(small) },
      latencyRegression: { ...this.incidents.latencyRegression },
      prefixReuse: [...this.prefixes.values()],
      qualityLabels: this.qualityLabels,
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      firstCallAt: this.firstCallAt,
      lastCallAt: this.lastCallAt,
    };
  }

  private price(call: Call): Pico {
    const price = priceCall(call);
    if (!price.priced) {
      this.unpricedCalls += 1;
      return 0n;
    }
    this.spend += price.cost;
    return price.cost;
  }

  private addAnswered(call: Call, cost: Pico): void {
    const prompts = ofModel(this.answered, call);
    if (!prompts.has(call.promptHash)) {
      prompts.add(call.promptHash);
      return;
    }
    this.duplicates.set(call.feature, (this.duplicates.get(call.feature) ?? 0) + 1);
    this.duplicateCost += cost;
  }

  private addPrefix(call: Call): void {
    if (call.prefixBlocks.length === 0) return;
    const sent = ofModel(this.sentBlocks, call);
    const blocks = call.prefixBlocks;
    // A block's id stands for all text up to its end, so that the id alone tells its place.
    let run = 0;
    while (run < blocks.length && sent.has(blocks[run] ?? "")) run += 1;
    for (let place = run; place < blocks.length; place += 1) sent.add(blocks[place] ?? "");
    const planted = this.prefixes.get(call.feature) ?? {
      feature: call.feature,
      blockTokens: call.blockTokens,
      calls: 0,
      inputTokens: 0,
      reusedTokens: 0,
    };
    this.prefixes.set(call.feature, planted);
    planted.calls += 1;
    planted.inputTokens += call.inputTokens;
    planted.reusedTokens += Math.min(call.inputTokens, run * call.blockTokens);
  }

  private addStorm(call: Call): void {
    const { feature, from, to } = this.incidents.retryStorm;
    if (call.feature !== feature || call.time < from || call.time >= to) return;
    this.storm.calls += 1;
    if (call.status === "error") this.storm.errors += 1;
    if (call.retry > 0) this.storm.retries += 1;
  }

  private addLabel(call: Call): void {
    const counts = this.labels.get(call.model) ?? { calls: 0, labelled: 0, good: 0 };
    this.labels.set(call.model, counts);
    counts.calls += 1;
    if (call.quality === null) return;
    counts.labelled += 1;
    counts.good += call.quality;
  }

  private model(model: { provider: string; model: string } | undefined): PlantedModel {
    const counts = this.labels.get(model?.model ?? "") ?? { calls: 0, labelled: 0, good: 0 };
    return {
      provider: model?.provider ?? "",
      model: model?.model ?? "",
      calls: counts.calls,
      labelled: counts.labelled,
      meanQuality: counts.labelled === 0 ? 0 : counts.good / counts.labelled,
    };
  }
}

function ofModel(sets: Map<string, Set<string>>, call: Call): Set<string> {
  const key = `${call.provider}\n${call.model}`;
  const set = sets.get(key) ?? new Set<string>();
  sets.set(key, set);
  return set;
}
