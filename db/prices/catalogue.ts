import { waitForUpdate } from "@pydantic/genai-prices";
import { findPrice, type UnitPrices } from "./unit-prices";

/** Which prices were used: package and version. The package bundles them; nothing is fetched. */
export const catalogueVersion = "@pydantic/genai-prices 0.1.8";

/** The day on which that version was published. */
export const catalogueDate = "2026-09-23";

export interface PricedModel {
  provider: string;
  model: string;
  units: UnitPrices;
}

/** Every model of the catalogue that is billed by the token, with its prices at a time (Unix ms). */
export async function listPricedModels(at: number): Promise<PricedModel[]> {
  const providers = (await waitForUpdate()) ?? [];
  const models: PricedModel[] = [];
  for (const provider of providers) {
    for (const { id } of provider.models) {
      const match = findPrice(provider.id, id, at);
      if (match.priced) models.push({ provider: provider.id, model: id, units: match.units });
    }
  }
  return models;
}
