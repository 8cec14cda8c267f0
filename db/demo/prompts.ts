import type { DemoFeature } from "./features";
import { type Chance, hexId, mix, wideId } from "./random";

/** The part of a call that its prompt decides. */
export interface Prompt {
  inputTokens: number;
  promptHash: string;
  prefixBlocks: string[];
  blockTokens: number;
}

const sharedPrefixes = new Map<string, readonly string[]>();

/** The ids of the blocks that all prompts of a feature share; made once, as the same strings are found faster. */
function sharedBlocks(featureId: number, wording: number, count: number): readonly string[] {
  const key = `${featureId}-${wording}-${count}`;
  const known = sharedPrefixes.get(key);
  if (known) return known;
  const blocks = Array.from({ length: count }, (_, block) => wideId(featureId, -wording, block));
  sharedPrefixes.set(key, blocks);
  return blocks;
}

/** One prompt that stands alone: a new one, or one that is asked again and again and then is the same to the token. */
export function singlePrompt(
  feature: DemoFeature,
  featureId: number,
  chance: Chance,
  sizeOf: (chance: Chance) => number,
  makeChance: (id: number) => Chance,
): Prompt {
  const repeats = feature.repeats;
  const again = repeats !== undefined && chance.happens(repeats.share);
  const id = again
    ? chance.popular(repeats.pool)
    : mix(chance.below(2 ** 31), chance.below(2 ** 31));
  const kind = again ? 1 : 0;
  const inputTokens = sizeOf(again ? makeChance(id) : chance);
  const prefix = feature.prefix;
  const promptHash = hexId(featureId, kind, id);
  if (prefix === undefined) return { inputTokens, promptHash, prefixBlocks: [], blockTokens: 0 };
  const { blockTokens } = prefix;
  const shared = Math.min(prefix.sharedTokens, inputTokens);
  const prefixBlocks = sharedBlocks(featureId, 1, Math.floor(shared / blockTokens)).slice();
  while (prefixBlocks.length * blockTokens < inputTokens) {
    prefixBlocks.push(wideId(featureId, id, kind, prefixBlocks.length));
  }
  return { inputTokens, promptHash, prefixBlocks, blockTokens };
}

/** A conversation: each prompt holds the instructions, all turns so far and the new question. */
export class Conversation {
  private readonly blocks: string[];
  private tokens: number;
  private turn = 0;

  constructor(
    private readonly featureId: number,
    /** Which wording of the instructions is in use. */
    wording: number,
    private readonly id: number,
    private readonly prefix: { sharedTokens: number; blockTokens: number },
  ) {
    this.tokens = prefix.sharedTokens;
    const shared = Math.floor(prefix.sharedTokens / prefix.blockTokens);
    this.blocks = sharedBlocks(featureId, wording, shared).slice();
  }

  /** The prompt of the next turn, whose question (with what was looked up for it) adds `questionTokens`. */
  ask(questionTokens: number): Prompt {
    this.turn += 1;
    this.tokens += questionTokens;
    const { blockTokens } = this.prefix;
    const full = Math.floor(this.tokens / blockTokens);
    while (this.blocks.length < full) {
      this.blocks.push(wideId(this.featureId, this.id, this.blocks.length));
    }
    const prefixBlocks = this.blocks.slice();
    // The block that is not full yet has another content at the next turn.
    if (full * blockTokens < this.tokens) {
      prefixBlocks.push(wideId(this.featureId, this.id, full, this.turn));
    }
    return {
      inputTokens: this.tokens,
      promptHash: hexId(this.featureId, this.id, this.turn),
      prefixBlocks,
      blockTokens,
    };
  }

  hear(answerTokens: number): void {
    this.tokens += answerTokens;
  }
}
