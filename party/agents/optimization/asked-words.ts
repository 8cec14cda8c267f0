import type { CatalogueModelsResult } from "../../analysis/catalogue-models";
import type { CapacityResult } from "../../analysis/lever-capacity";
import type { PromptTrimResult } from "../../analysis/results";
import type { RichText } from "../../protocol";
import { cite, counted, findValue, join, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import { saves } from "./findings";

/** Segments that are told one by one. */
const MOST_SEGMENTS = 3;

export function tellPromptTrim(lever: PromptTrimResult, evidence: KeptEvidence): RichText {
  if (!lever.available) return [`What shorter prompts would save is unknown: ${lever.reason}.`];
  if (!saves(lever)) return ["No prompt of these features is longer than the bound."];
  return rich`${counted(evidence, "trimmed", ["prompt is", "prompts are"])} longer than the bound (${cite(evidence, "trimmed_share")}); without what stands behind it, the calls would have cost ${cite(evidence, "saving")} less (${cite(evidence, "share")}). What could be left out, and whether the answers bear it, the log does not tell.`;
}

export function tellCapacity(found: CapacityResult, evidence: KeptEvidence): RichText {
  if (found.minutes === 0) return [`Capacity cannot be judged: ${found.reason}.`];
  const idle = rich`Of the units, ${cite(evidence, "idle_share")} would have been idle, which is ${cite(evidence, "idle_cost")} of ${cite(evidence, "capacity_cost")}`;
  const even = findValue(evidence, "break_even")
    ? rich` By the token the same calls cost ${cite(evidence, "token_cost")}; both ways cost the same at ${cite(evidence, "break_even")} an hour, and the log has ${cite(evidence, "tokens_per_hour")}.`
    : [];
  if (!found.available)
    return [
      ...rich`${idle}; what fewer units would save is unknown: ${found.reason ?? ""}.`,
      ...even,
    ];
  return [
    ...rich`${idle}; with the units that 99 of 100 minutes need (${cite(evidence, "units_p99")}), the saving would be ${cite(evidence, "saving")}, between ${cite(evidence, "saving_low")} and ${cite(evidence, "saving_high")}; a negative one is a loss.`,
    ...even,
  ];
}

/** Of the dearest features, the cheapest model that their calls fit. */
export function tellCatalogueModels(
  found: CatalogueModelsResult,
  evidence: KeptEvidence,
): RichText {
  if (!found.available) return [`Other models cannot be priced: ${found.reason}.`];
  const told = found.segments
    .slice(0, MOST_SEGMENTS)
    .flatMap(({ offers: [best] }) => best ?? [])
    .filter(({ name }) => findValue(evidence, "saving", name))
    .map(
      ({ name }) =>
        rich`${name} would have cost ${cite(evidence, "cost_new", name)} (${cite(evidence, "saving", name)} less)`,
    );
  return told.length === 0
    ? ["No model of the price catalogue that these calls fit would have cost less."]
    : rich`By the price catalogue alone, with the same tokens: ${join(told, "; ")}. Whether these models can do the work is not known.`;
}
