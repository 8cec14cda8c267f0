import { draftOf } from "./draft";
import { Figures } from "./figures";
import { modelName, SegmentNames } from "./names";
import type { Analysis, PrefixBreaksResult } from "./results";

const LEAST_CALLS = 10;
const MOST_BREAKS = 30;

/**
 * Where prompts that begin alike part, and what that costs: for each call, the last block that it shares with an earlier
 * call of its dataset, provider and model. Where many calls part behind one block in many ways, something that
 * changes with each call stands before something that does not. What parts at place 0 shares not even its first block.
 *   lost = Σ over the calls that part there of (input − shared tokens) · (p_in − p_read),
 * the most that moving the difference to the prompt's end could save; how much of it is truly the
 * same in every call, the hashes do not tell.
 *
 * Keys (segment null): `breaks`. Keys per segment (`feature · model · after block N`): `lost`, `calls`, `continuations`, `place`,
 * `shared_tokens`, `lost_tokens`.
 */
export const leverPrefixBreaks: Analysis<Record<string, never>, PrefixBreaksResult> = async (
  source,
  scope,
  _params,
  signal,
) => {
  const answer = await source.prefixBreaks(
    scope,
    { leastCalls: LEAST_CALLS, limit: MOST_BREAKS },
    signal,
  );
  const names = new SegmentNames();
  const breaks = answer.rows.map((row) => ({
    ...row,
    name: names.name(
      `${row.feature === "" ? "" : `${row.feature} · `}${modelName(row.provider, row.model)} · after block ${row.place}`,
      "",
    ),
  }));
  const figures = new Figures();
  figures.add(null, "breaks", "places where prompts part", "count", breaks.length);
  for (const one of breaks) {
    const note = one.lostUsd === null ? "unpriced: no price for cached input" : undefined;
    figures.usd(one.name, "lost", "cost behind the break above cached reads", one.lostUsd, note);
    figures.add(one.name, "calls", "calls that part here", "calls", one.calls);
    figures.add(one.name, "continuations", "different ways on", "count", one.continuations);
    figures.add(one.name, "place", "blocks before the break", "count", one.place);
    figures.add(one.name, "shared_tokens", "tokens before the break", "tokens", one.sharedTokens);
    figures.add(one.name, "lost_tokens", "tokens behind the break", "tokens", one.lostTokens);
  }
  return {
    result: { breaks },
    draft: draftOf(scope, {
      tool: "lever-prefix-breaks",
      what: "Where prompts that begin alike part, and what the tokens behind that cost above cached reads",
      ground: "simulated",
      formula:
        "lost = Σ (input − shared tokens) · (p_input − p_cached) over the calls that part there",
      answers: [answer],
      chosen: { leastCalls: LEAST_CALLS },
      assumptions: [
        "A shared prefix is one that an earlier call of the same dataset, provider and model used, at any time.",
        "It is an upper bound: what stands behind a break may differ in earnest.",
        `Breaks of fewer than ${LEAST_CALLS} calls are left out.`,
      ],
      segmentLabel: "break",
      figures,
    }),
  };
};
