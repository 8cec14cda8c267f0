/** A question that the crew answers well, and what it is called where there is little room. */
export interface ExampleQuestion {
  label: string;
  text: string;
}

/**
 * The ten standard questions, as one-click examples. Where one needs a name, it is one of the demo's
 * features or of models that the price catalogue knows; `tests/questions` holds the whole answer to each.
 */
export const exampleQuestions: readonly ExampleQuestion[] = [
  {
    label: "Cheaper at equal quality",
    text: "We must spend less at equal quality: search-answers may take at most 8 seconds at p95, ticket-tagging at most 2 seconds.",
  },
  {
    label: "Three times faster, no more spend",
    text: "Our tools must be three times faster, but we can't spend more. What has to change?",
  },
  {
    label: "More usage next month",
    text: "We expect 50 % more usage next month: what will it cost, and will we run into rate limits?",
  },
  {
    label: "Deeper methods for one feature",
    text: "Which deeper optimization methods would help code-review?",
  },
  {
    label: "Would these models suit?",
    text: "We consider gpt-4.1-mini and claude-haiku-4-5: would they suit our setup?",
  },
  {
    label: "Audit all caching",
    text: "Audit all caching: what do we cache already, and what should we?",
  },
  {
    label: "Cheaper and faster while growing",
    text: "We want to be 20 % cheaper and 2x faster while usage grows by 30 %: what has to change?",
  },
  {
    label: "Move to newer models",
    text: "Which features should move to a newer model?",
  },
  {
    label: "Was the upgrade worth it?",
    text: "Was yesterday's upgrade to gpt-5-mini worth it? Roll it back where it was not.",
  },
  {
    label: "Cache or a smaller model?",
    text: "support-chat is too expensive: should we cache, or use a smaller model?",
  },
];

export function questionAbout(datasetName: string): string {
  return `Looking only at the dataset “${datasetName}”: where does the money go, and what can we save?`;
}
