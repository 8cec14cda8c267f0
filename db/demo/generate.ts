import type { Call } from "../clickhouse/call";
import { callsPerDay, DAY_MS, DayClock } from "./calendar";
import { type DemoFeature, type DemoModel, FEATURES, SUPPORT_CHAT } from "./features";
import { type Incidents, incidentsOf } from "./incidents";
import { Conversation, type Prompt, singlePrompt } from "./prompts";
import { Chance } from "./random";

export interface DemoOptions {
  /** A whole number; the same seed and `endsAt` give the same calls to the last digit. */
  seed: number;
  /** Unix ms; all calls lie before it. The start of the current UTC day suits a page that shows "the last 30 days". */
  endsAt: number;
  days?: number;
  /** About this many; failed attempts come on top. */
  calls?: number;
}

export const DEMO_DAYS = 30;
export const DEMO_CALLS = 48_500;
const BATCH = 5_000;
const USUAL_FAILURE = 0.006;
const USUAL_ATTEMPTS = 3;
const MOST_TURNS = 9;

/** What goes wrong in the generated time. */
export function demoIncidents({ endsAt, days = DEMO_DAYS }: DemoOptions): Incidents {
  return incidentsOf(endsAt - days * DAY_MS, endsAt);
}

/** A month of calls of a software company of middling size, in order of time, in batches of 5,000. */
export function* generateDemoCalls(options: DemoOptions): Generator<Call[], void, void> {
  const days = options.days ?? DEMO_DAYS;
  const start = options.endsAt - days * DAY_MS;
  const incidents = demoIncidents(options);
  const plans = FEATURES.map((feature) =>
    callsPerDay(feature.rhythm, (options.calls ?? DEMO_CALLS) * feature.share, start, days),
  );
  const idStart = `demo-${options.seed}-${options.endsAt.toString(36)}-`;
  let number = 0;
  let batch: Call[] = [];
  let late: Call[] = [];
  for (let day = 0; day < days; day += 1) {
    const dayEnd = start + (day + 1) * DAY_MS;
    const drafts = late;
    FEATURES.forEach((feature, index) => {
      const chance = new Chance(options.seed, day, index);
      const clock = new DayClock(feature.rhythm, dayEnd - DAY_MS);
      const calls = plans[index]?.[day] ?? 0;
      new FeatureDay(options.seed, feature, index, chance, clock, incidents, drafts).make(calls);
    });
    drafts.sort((a, b) => a.time - b.time);
    late = [];
    for (const draft of drafts) {
      if (draft.time >= dayEnd) {
        late.push(draft);
        continue;
      }
      number += 1;
      draft.id = idStart + String(number).padStart(8, "0");
      batch.push(draft);
      if (batch.length === BATCH) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

/** One feature's calls of one day. */
class FeatureDay {
  constructor(
    private readonly seed: number,
    private readonly feature: DemoFeature,
    private readonly featureId: number,
    private readonly chance: Chance,
    private readonly clock: DayClock,
    private readonly incidents: Incidents,
    private readonly drafts: Call[],
  ) {}

  make(calls: number): void {
    let made = 0;
    while (made < calls) {
      if (this.feature.name === SUPPORT_CHAT) made += this.converse(calls - made);
      else {
        this.single();
        made += 1;
      }
    }
  }

  private single(): void {
    const { chance, feature } = this;
    const prompt = singlePrompt(
      feature,
      this.featureId,
      chance,
      (source) => sizeOf(feature.input, source),
      (id) => new Chance(this.seed, this.featureId, id, 11),
    );
    const model = chance.pick(feature.models);
    const user = this.user();
    this.request(this.clock.moment(chance), model, prompt, user, "", this.outputTokens(model));
  }

  /** One conversation of at most `most` turns; returns how many it had. */
  private converse(most: number): number {
    const { chance, feature } = this;
    let time = this.clock.moment(chance);
    const id = chance.below(2 ** 31);
    const wording = time < this.incidents.promptRewrite ? 1 : 2;
    const prefix = feature.prefix ?? { sharedTokens: 0, blockTokens: 512 };
    const conversation = new Conversation(this.featureId, wording, id, prefix);
    const user = this.user();
    const turns = Math.min(most, 1 + chance.popular(MOST_TURNS));
    const model = chance.pick(feature.models);
    for (let turn = 0; turn < turns; turn += 1) {
      const prompt = conversation.ask(sizeOf(feature.input, chance));
      const output = this.outputTokens(model);
      time = this.request(time, model, prompt, user, `chat-${id.toString(36)}`, output);
      conversation.hear(output.outputTokens);
      time += Math.round(chance.around(38_000, 0.6));
    }
    return turns;
  }

  /** Logs a request with its failed attempts; returns when it was over. */
  private request(
    startedAt: number,
    model: DemoModel,
    prompt: Prompt,
    user: string,
    session: string,
    output: OutputTokens,
  ): number {
    const { chance, feature } = this;
    const storm = this.incidents.retryStorm;
    const environment = chance.happens(0.96) ? "production" : "staging";
    const region = chance.happens(0.7) ? "eu" : "us";
    let time = startedAt;
    for (let retry = 0; ; retry += 1) {
      const stormy = feature.name === storm.feature && time >= storm.from && time < storm.to;
      const attempts = stormy ? storm.attempts : USUAL_ATTEMPTS;
      const fails = retry < attempts && chance.happens(stormy ? storm.failure : USUAL_FAILURE);
      const result = fails
        ? this.failure(prompt, stormy)
        : this.success(model, prompt, output, time);
      // One literal with all fields: spreading parts together takes longer than all the rest of the generator.
      this.drafts.push({
        id: "",
        time,
        provider: model.provider,
        model: model.model,
        inputTokens: result.inputTokens,
        cacheReadTokens: result.cacheReadTokens,
        cacheWriteTokens: 0,
        outputTokens: result.outputTokens,
        reasoningTokens: result.reasoningTokens,
        latencyMs: result.latencyMs,
        ttftMs: result.ttftMs,
        status: fails ? "error" : "ok",
        errorCode: result.errorCode,
        retry,
        feature: feature.name,
        user,
        session,
        promptHash: prompt.promptHash,
        prefixBlocks: prompt.prefixBlocks,
        blockTokens: prompt.blockTokens,
        quality: result.quality,
        tags: { environment, region },
      });
      time += result.latencyMs;
      if (!fails || retry === attempts - 1) return time;
      time += Math.round(400 * 2 ** retry * (0.5 + chance.next()));
    }
  }

  /** In the storm most attempts time out after the provider had read the prompt, which is billed; refusals are not. */
  private failure(prompt: Prompt, stormy: boolean): Attempt {
    const { chance } = this;
    const timedOut = chance.happens(stormy ? 0.65 : 0.3);
    return {
      inputTokens: timedOut ? prompt.inputTokens : 0,
      cacheReadTokens: 0,
      outputTokens: timedOut ? Math.round(chance.around(60, 0.6)) : 0,
      reasoningTokens: 0,
      latencyMs: timedOut ? 30_000 : Math.round(chance.around(210, 0.4)),
      ttftMs: null,
      errorCode: timedOut ? "timeout" : chance.happens(0.6) ? "529" : "429",
      quality: null,
    };
  }

  private success(model: DemoModel, prompt: Prompt, output: OutputTokens, time: number): Attempt {
    const { chance, incidents } = this;
    const regression = incidents.latencyRegression;
    const slower =
      this.feature.name === regression.feature && time >= regression.since ? regression.factor : 1;
    const first = (model.ttft + (model.ttftPer1000 * prompt.inputTokens) / 1000) * slower;
    const ttftMs = Math.round(chance.around(first, 0.28));
    const speaking = (output.outputTokens / model.speed) * 1000 * slower;
    return {
      inputTokens: prompt.inputTokens,
      cacheReadTokens: this.cachedTokens(prompt.inputTokens),
      outputTokens: output.outputTokens,
      reasoningTokens: output.reasoningTokens,
      latencyMs: ttftMs + Math.round(chance.around(speaking, 0.16)),
      ttftMs,
      errorCode: "",
      quality: this.judgement(model),
    };
  }

  private outputTokens(model: DemoModel): OutputTokens {
    const read = sizeOf(this.feature.output, this.chance);
    const reasoningTokens = model.reasoning
      ? Math.round(this.chance.around(read * model.reasoning, 0.3))
      : 0;
    return { outputTokens: read + reasoningTokens, reasoningTokens };
  }

  private cachedTokens(inputTokens: number): number {
    const { cached } = this.feature;
    if (cached === undefined || inputTokens < 2_048 || !this.chance.happens(cached)) return 0;
    return Math.floor((inputTokens * (0.2 + 0.4 * this.chance.next())) / 128) * 128;
  }

  private judgement(model: DemoModel): number | null {
    const { judged } = this.feature;
    if (judged === undefined || !this.chance.happens(judged)) return null;
    return this.chance.happens(model.quality) ? 1 : 0;
  }

  private user(): string {
    const { kind, count } = this.feature.users;
    if (count === 1) return `${this.feature.name}-job`;
    const id = this.chance.popular(count) + 1;
    return `${kind}-${String(id).padStart(4, "0")}`;
  }
}

/** What one attempt at a request took and gave. */
interface Attempt extends OutputTokens {
  inputTokens: number;
  cacheReadTokens: number;
  latencyMs: number;
  ttftMs: number | null;
  errorCode: string;
  quality: number | null;
}

interface OutputTokens {
  outputTokens: number;
  reasoningTokens: number;
}

function sizeOf(size: DemoFeature["input"], chance: Chance): number {
  return Math.max(size.least, Math.round(chance.around(size.median, size.spread)));
}
