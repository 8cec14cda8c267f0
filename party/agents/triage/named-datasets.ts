/** The dataset whose name the message holds, in full or by its telling words. */
export function namedDatasets<Dataset extends { name: string }>(
  message: string,
  datasets: readonly Dataset[],
): Dataset[] {
  const text = message.toLowerCase();
  const exact = datasets.filter(({ name }) => text.includes(name.toLowerCase()));
  if (exact.length > 0) return exact;
  const telling = new Map<string, Dataset[]>();
  for (const dataset of datasets) {
    const words = dataset.name.toLowerCase().match(/[a-z]{4,}/g) ?? [];
    for (const word of new Set(words.filter((one) => !EVERYDAY.has(one)))) {
      telling.set(word, [...(telling.get(word) ?? []), dataset]);
    }
  }
  const found = new Set<Dataset>();
  for (const [word, owners] of telling) {
    if (owners.length === 1 && new RegExp(`\\b${word}\\b`).test(text)) {
      for (const owner of owners) found.add(owner);
    }
  }
  return [...found];
}

/** Words of file names that say nothing about which file is meant. */
const EVERYDAY = new Set(
  "calls call logs data dataset export usage json jsonl file import model models conv conversation chat trace cost costs".split(
    " ",
  ),
);
