import { scaleBand, scaleLinear } from "d3-scale";
import type { Evidence, EvidenceValue } from "../../party/protocol";
import { formatValue } from "../../party/protocol/format";
import { EvidenceLink, ValueLink } from "./figure-link";

const WIDTH = 640;
const HEIGHT = 132;

/** Columns over time: a column per day or hour. The chart as a whole opens its receipt, which lists every column. */
export function ColumnChart({
  evidence,
  values,
  title,
}: {
  evidence: Evidence;
  values: EvidenceValue[];
  title: string;
}) {
  const segments = values.map((value) => value.segment ?? "");
  const sizes = values.map((value) => Number(value.value ?? 0));
  const x = scaleBand<string>().domain(segments).range([0, WIDTH]).padding(0.25);
  const y = scaleLinear()
    .domain([0, Math.max(...sizes, Number.MIN_VALUE)])
    .range([0, HEIGHT]);
  const largest = values[sizes.indexOf(Math.max(...sizes))];
  return (
    <figure className="grid gap-1">
      <div className="flex justify-between text-xs text-ink-3">
        {largest ? (
          <span>
            Highest <ValueLink evidence={evidence.label} value={largest} />
          </span>
        ) : null}
      </div>
      <EvidenceLink
        citation={{ evidence: evidence.label, segment: null, key: null }}
        label={`${title}: ${values.length} columns from ${segments[0]} to ${segments.at(-1)}, evidence ${evidence.label}`}
        className="block h-33 rounded hover:bg-sunken/60"
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="size-full"
          aria-hidden="true"
        >
          <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="stroke-line" />
          {values.map((value, index) => {
            const height = y(sizes[index] ?? 0);
            return (
              <rect
                key={value.segment}
                x={(x(segments[index] ?? "") ?? 0).toFixed(2)}
                y={(HEIGHT - height).toFixed(2)}
                width={x.bandwidth().toFixed(2)}
                height={height.toFixed(2)}
                className="fill-bar hover:fill-accent"
              >
                <title>{`${value.segment}: ${formatValue(value)}`}</title>
              </rect>
            );
          })}
        </svg>
      </EvidenceLink>
      <div className="flex justify-between text-xs text-ink-3" aria-hidden="true">
        <span>{segments[0]}</span>
        <span>{segments.at(-1)}</span>
      </div>
    </figure>
  );
}

const DAY_OR_HOUR = /^\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2})?.*)?$/;

/** Whether the segments are points in time, to be read from left to right. */
export function isTimeSeries(values: readonly EvidenceValue[]): boolean {
  return (
    values.length > 4 &&
    values.every((value) => value.segment !== null && DAY_OR_HOUR.test(value.segment))
  );
}
