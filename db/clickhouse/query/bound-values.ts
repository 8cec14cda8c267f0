/** The values of one statement: each is bound under a name of its own, none ever stands in the SQL. */
export class BoundValues {
  readonly parameters: Record<string, unknown>;

  constructor(taken: Record<string, unknown>) {
    this.parameters = { ...taken };
  }

  /** Binds a value of a ClickHouse type; gives what stands for it in the statement. */
  add(type: string, value: unknown): string {
    const name = `value_${Object.keys(this.parameters).length}`;
    this.parameters[name] = value;
    return `{${name}:${type}}`;
  }
}
