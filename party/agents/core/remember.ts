import type { CallSource, Scope } from "../../analysis/source";
import type { Analytics } from "../../ports/analytics";

/**
 * The store of calls with its answers remembered for one run: several analyses ask for the same totals
 * and profiles, and one run speaks of one state of the log. Failures are not remembered.
 */
export function rememberAnswers(analytics: Analytics): CallSource {
  const answers = new Map<string, Promise<unknown>>();
  const remember = <Answer>(name: string, about: unknown[], ask: () => Promise<Answer>) => {
    const key = `${name} ${JSON.stringify(about)}`;
    const known = answers.get(key);
    // The key begins with the question's name, and each name has one type of answer.
    if (known) return known as Promise<Answer>;
    const answer = ask();
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
  const source = analytics;
  return {
    query: (scope, question, signal) =>
      remember("query", [scope, question], () => source.query(scope, question, signal)),
    duplicates: (scope, question, signal) =>
      remember("duplicates", [scope, question], () => source.duplicates(scope, question, signal)),
    prefixReuse: (scope, question, signal) =>
      remember("prefixReuse", [scope, question], () => source.prefixReuse(scope, question, signal)),
    prefixBreaks: (scope, question, signal) =>
      remember("prefixBreaks", [scope, question], () =>
        source.prefixBreaks(scope, question, signal),
      ),
    modelUsage: (scope, question, signal) =>
      remember("modelUsage", [scope, question], () => source.modelUsage(scope, question, signal)),
    modelProfiles: (scope: Scope, signal) =>
      remember("modelProfiles", [scope], () => source.modelProfiles(scope, signal)),
    modelLabels: (scope, signal) =>
      remember("modelLabels", [scope], () => source.modelLabels(scope, signal)),
    labelPairs: (scope, signal) =>
      remember("labelPairs", [scope], () => source.labelPairs(scope, signal)),
    inputLevels: (scope, signal) =>
      remember("inputLevels", [scope], () => source.inputLevels(scope, signal)),
    rates: (scope, signal) => remember("rates", [scope], () => source.rates(scope, signal)),
    errors: (scope, signal) => remember("errors", [scope], () => source.errors(scope, signal)),
    jointUsage: (scope, question, signal) =>
      remember("jointUsage", [scope, question], () => source.jointUsage(scope, question, signal)),
  };
}
