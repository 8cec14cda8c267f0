import type { DatasetSummary } from "../../ports/thread-store";

const SELF = "(?:netra|the crew|this crew)";
const TAKES = "(?:cost|spen[dt]|burn|pay|paid|us(?:e|ed|ing)|save|token|model calls?)";

/** "What did Netra itself cost?": the calls of the crew are meant, not those of the log. */
const ASKS_FOR_OWN = [
  `\\b${SELF} (?:itself|alone)\\b`,
  `\\b${SELF}['’]s (?:own )?(?:model )?(?:calls?|costs?|spend\\w*|usage|tokens?|bill)\\b`,
  `\\b(?:did|does|do|has|have|is|was) ${SELF}(?! (?:know|think|see|say|show|find|recommend|suggest)\\b)[^.?!,]{0,30}\\b${TAKES}`,
  `\\b(?:costs?|spend\\w*|price|bill|usage|calls|tokens) (?:of|for|by|from) ${SELF}\\b`,
  `\\b(?:did|do) you(?: yourself)? (?:cost|spend|use)\\b`,
  "\\byour own (?:model )?(?:calls?|costs?|spend\\w*|usage|tokens?)\\b",
].map((pattern) => new RegExp(pattern, "i"));

export function isOwnDataset({ source }: Pick<DatasetSummary, "source">): boolean {
  return source === "crew";
}

/**
 * The datasets that a message can mean. The crew's own calls are never mixed into the workspace's: they are meant
 * where the message asks what Netra itself took, or says the name of their dataset, and then they alone.
 */
export function meantAmong(
  message: string,
  datasets: readonly DatasetSummary[],
): readonly DatasetSummary[] {
  const text = message.toLowerCase();
  const asks = ASKS_FOR_OWN.some((pattern) => pattern.test(message));
  const own = datasets.filter(
    (dataset) => isOwnDataset(dataset) && (asks || text.includes(dataset.name.toLowerCase())),
  );
  return own.length > 0 ? own : datasets.filter((dataset) => !isOwnDataset(dataset));
}
