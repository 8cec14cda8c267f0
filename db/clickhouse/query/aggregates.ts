/**
 * How an aggregate function over calls stands in a statement.
 * @param parameters of the function itself, as `(0.5, 0.9)`
 */
export type Aggregate = (name: string, values: string, parameters?: string) => string;

/** Over the calls themselves. */
export const overCalls: Aggregate = (name, values, parameters = "") =>
  `${name}${parameters}(${values})`;

/**
 * Aggregates in two steps: calls are read once and gathered into one state per segment, and states are
 * then finished one by one or put together, which gives the same as reading the calls again.
 */
export class SegmentStates {
  private readonly columns = new Map<string, string>();

  /** Of one segment, without grouping. */
  readonly ofOne: Aggregate = (name, values, parameters = "") =>
    `finalizeAggregation(${this.column(name, values, parameters)})`;

  /** Over all segments of a group. */
  readonly ofGroup: Aggregate = (name, values, parameters = "") =>
    `${name}Merge${parameters}(${this.column(name, values, parameters)})`;

  /** What the first step selects for all aggregates that were named so far. */
  selected(): string[] {
    return [...this.columns].map(([state, column]) => `${state} AS ${column}`);
  }

  private column(name: string, values: string, parameters: string): string {
    const state = `${name}State${parameters}(${values})`;
    const column = this.columns.get(state) ?? `state_${this.columns.size}`;
    this.columns.set(state, column);
    return column;
  }
}
