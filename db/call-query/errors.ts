/** One thing wrong with a question: where, what, and what would be right. */
export interface QueryProblem {
  /** Path into the question, e.g. `measures[1]` or `filters[0].in`. */
  field: string;
  problem: string;
}

/** A question that cannot be asked. Asking again does not help; the message says what to change. */
export class InvalidCallQuery extends Error {
  override readonly name = "InvalidCallQuery";
  readonly retryable = false;
  constructor(readonly problems: readonly QueryProblem[]) {
    super(
      `The question cannot be asked: ${problems.map(({ field, problem }) => `${field}: ${problem}`).join("; ")}`,
    );
  }
}
