/** Questions that the crew answers well on any log: one click starts a thread with one. */
export const exampleQuestions: readonly string[] = [
  "Where does our money go, and what can we save without making answers slower?",
  "Which calls are duplicates that a cache could have answered?",
  "What drives our latency, and what got slower lately?",
  "Which features use a larger model than they need?",
];

export function questionAbout(datasetName: string): string {
  return `Looking only at the dataset “${datasetName}”: where does the money go, and what can we save?`;
}
