import type { EvidenceValue, Unit } from "../../party/protocol";

export function value(
  key: string,
  unit: Unit,
  text: string | null,
  segment: string | null = null,
  label = key,
): EvidenceValue {
  return { segment, key, label, unit, value: text };
}

/** Totals of the Azure log, a breakdown by model, a comparison and latencies. */
export const evidence = [
  {
    label: "E1",
    values: [
      value("calls", "calls", "19366", null, "Calls"),
      value("input_tokens", "tokens", "22361870", null, "Input tokens"),
      value("output_tokens", "tokens", "4088665", null, "Output tokens"),
      value("cost", "USD", "96.791325", null, "Cost"),
      value("error_rate", "percent", "0.42", null, "Error rate"),
    ],
  },
  {
    label: "E2",
    values: [
      value("cost", "USD", "80.25", "gpt-4o", "Cost"),
      value("cost", "USD", "16.541325", "gpt-4o-mini", "Cost"),
      value("calls", "calls", "1250", "gpt-4o", "Calls"),
      value("p95", "ms", "1840", "gpt-4o", "p95 latency"),
      value("p95", "ms", "420.4", "gpt-4o-mini", "p95 latency"),
    ],
  },
  {
    label: "E3",
    values: [
      value("cost_change", "percent", "-12.34", null, "Change of cost"),
      value("calls_change", "percent", "8.06", null, "Change of calls"),
      value("hit_share", "percent", "37.3624", null, "Share of hits"),
      value("factor", "ratio", "2.5", null, "Price factor"),
      value("lifetime", "seconds", "300", null, "Lifetime"),
    ],
  },
];

export const names = ["gpt-4o", "gpt-4o-mini", "claude-3-5-sonnet", "mooncake 2024 v2"];
