import { type Call, type ClickHouse, type InsertTarget, insertCalls } from "../../db/clickhouse";
import { catalogueVersion, formatUsd, type Pico, priceCall } from "../../db/prices";
import type { ImportPricing } from "./import-view";

/** Stores batches of calls and adds up, exactly, what they cost. */
export class PricedSink {
  #cost: Pico = 0n;
  #priced = 0;
  #unpriced = new Map<string, number>();

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly target: InsertTarget,
    private readonly signal?: AbortSignal,
  ) {}

  readonly take = async (calls: Call[]): Promise<void> => {
    await insertCalls(this.clickhouse, this.target, calls, { signal: this.signal });
    for (const call of calls) {
      const price = priceCall(call);
      if (price.priced) {
        this.#cost += price.cost;
        this.#priced += 1;
      } else {
        this.#unpriced.set(price.reason, (this.#unpriced.get(price.reason) ?? 0) + 1);
      }
    }
  };

  pricing(): ImportPricing {
    return {
      costUsd: this.#priced === 0 ? null : formatUsd(this.#cost),
      priced: this.#priced,
      unpriced: [...this.#unpriced].map(([reason, calls]) => ({ reason, calls })),
      catalogueVersion,
    };
  }
}
