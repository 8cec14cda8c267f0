import { findPrice } from "../../db/prices";

/**
 * General-purpose models of each maker and size, in the order in which they came out. Only what the price
 * catalogue knows is ever offered; the order alone matters, so that a new model is one entry at the end.
 */
const lines: ReadonlyArray<{ provider: string; models: readonly string[] }> = [
  { provider: "openai", models: ["gpt-4", "gpt-4-turbo", "gpt-4o", "gpt-4.1", "gpt-5", "gpt-5.1"] },
  { provider: "openai", models: ["gpt-4o-mini", "gpt-4.1-mini", "gpt-5-mini"] },
  { provider: "openai", models: ["gpt-4.1-nano", "gpt-5-nano"] },
  {
    provider: "anthropic",
    models: ["claude-opus-4-0", "claude-opus-4-1", "claude-opus-4-5", "claude-opus-4-6"],
  },
  {
    provider: "anthropic",
    models: [
      "claude-3-5-sonnet",
      "claude-3-7-sonnet",
      "claude-sonnet-4-0",
      "claude-sonnet-4-5",
      "claude-sonnet-4-6",
    ],
  },
  { provider: "anthropic", models: ["claude-3-5-haiku", "claude-haiku-4-5"] },
  { provider: "google", models: ["gemini-2.5-pro", "gemini-3-pro-preview"] },
  {
    provider: "google",
    models: ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-3-flash-preview"],
  },
];

/**
 * Priced models of the same maker and size that came out after this one, the newest first. Null where the
 * order of this model is not known here, which is not "there is none".
 */
export function newerModels(
  provider: string,
  model: string,
  at: number,
): Array<{ provider: string; model: string }> | null {
  const match = findPrice(provider, model, at);
  if (!match.priced) return null;
  const line = lines.find(
    (one) => one.provider === match.provider && one.models.includes(match.model),
  );
  if (!line) return null;
  return line.models
    .slice(line.models.indexOf(match.model) + 1)
    .map((name) => ({ provider: match.provider, model: name }))
    .filter((newer) => findPrice(newer.provider, newer.model, at).priced)
    .reverse();
}
