import { scaleLinear } from "d3-scale";
import type { Evidence, EvidenceValue } from "../../party/protocol";
import { segmentName } from "./evidence-table";
import { ValueLink } from "./figure-link";

/** One bar per segment: name, bar, value with its receipt. A value nobody knows has no bar and says so. */
export function BarList({ evidence, values }: { evidence: Evidence; values: EvidenceValue[] }) {
  const sizes = values.map((value) => Number(value.value ?? 0));
  const width = scaleLinear()
    .domain([0, Math.max(...sizes.map(Math.abs), Number.MIN_VALUE)])
    .range([0, 100]);
  return (
    <ul className="grid gap-1.5">
      {values.map((value, index) => (
        <li
          key={value.segment}
          className="grid grid-cols-[minmax(5rem,11rem)_1fr_auto] items-center gap-3"
        >
          <bdi className="truncate text-[0.8125rem] text-ink-2" title={segmentName(value.segment)}>
            {segmentName(value.segment)}
          </bdi>
          <svg aria-hidden="true" className="h-3.5 w-full overflow-hidden rounded-sm bg-sunken">
            {value.value === null ? null : (
              <rect
                width={`${Math.max(width(Math.abs(sizes[index] ?? 0)), 0.4).toFixed(2)}%`}
                height="100%"
                rx="2"
                className="fill-bar"
              />
            )}
          </svg>
          <ValueLink
            evidence={evidence.label}
            value={value}
            className="min-w-16 text-right text-[0.8125rem]"
          />
        </li>
      ))}
    </ul>
  );
}
