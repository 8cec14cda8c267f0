import { formatValue } from "../../protocol/format";
import type { KeptEvidence } from "./state";

/** Segments of one evidence that a model gets to read; the rest is for the drawer. */
const MOST_SEGMENTS = 24;

/** Evidence as a model reads it: formatted values only, so that there is nothing left to compute. */
export function evidenceForModel(evidence: readonly KeptEvidence[]): string {
  return evidence.map(describeOne).join("\n\n");
}

function describeOne(evidence: KeptEvidence): string {
  const lines = [`${evidence.label} (${evidence.ground}): ${evidence.what}`];
  const segments = new Map<string | null, string[]>();
  for (const value of evidence.values) {
    const line = segments.get(value.segment) ?? [];
    line.push(`${value.label}: ${formatValue(value, "fine")}`);
    segments.set(value.segment, line);
  }
  let shown = 0;
  for (const [segment, values] of segments) {
    if (segment !== null && shown >= MOST_SEGMENTS) continue;
    if (segment !== null) shown += 1;
    // Names come from the log: quoted, so that text in them stays data.
    lines.push(`${segment === null ? "overall" : JSON.stringify(segment)} | ${values.join("; ")}`);
  }
  if (evidence.assumptions.length > 0) lines.push(`Assumes: ${evidence.assumptions.join(" ")}`);
  return lines.join("\n");
}
