import type { AgentName } from "../../protocol";
import { changeOf } from "../actions";
import type { AnyAgent } from "../core/agent";
import { ceilingName, rulesGoOn } from "../core/ceilings";
import { type RunState, resultOf } from "../core/state";
import { data } from "../data";
import { triage } from "../triage";
import type { TriageResult } from "../triage/result";
import { isSmallTalk } from "../triage/small-talk";

/** What happens next in a run, and why. Skips are told to the reader, once each. */
export interface Choice {
  next: { agent: AgentName; reason: string } | null;
  skipped: Array<{ agent: AgentName; reason: string }>;
}

/** The crew's order of work when a whole report is asked for. */
const ORDER = ["triage", "data", "optimization", "actions", "reporting"] as const;

/**
 * The next agent, from the state alone: the same state always gives the same choice. The model's
 * advice enters through the triage result. An agent is only chosen when its entry condition holds;
 * the loop checks again.
 */
export function chooseNext(state: RunState, crew: ReadonlyMap<AgentName, AnyAgent>): Choice {
  if (ran(state, "reporting") || ran(state, "supervisor")) return { next: null, skipped: [] };

  if (!ran(state, "triage") && isSmallTalk(state.message.text)) {
    return answerDirectly(state, "Small talk is answered at once.", "No question about data.");
  }
  const understood = resultOf(state, triage);
  if (!understood) {
    return ran(state, "triage") || wasSkipped(state, "triage")
      ? answerDirectly(state, "The message cannot be worked on.", "The message was not understood.")
      : {
          next: { agent: "triage", reason: "A new message has to be understood first." },
          skipped: [],
        };
  }
  if (understood.change !== null) {
    const change = changeOf(state);
    if (change === null || change.state === "proposed")
      return enter(state, crew, "actions", why(change));
    return answerDirectly(
      state,
      "What became of the change is known.",
      "A change was asked for, and no report.",
    );
  }
  if (understood.intent === "small-talk") {
    return answerDirectly(state, "There is no question about data.", "No question about data.");
  }
  if (understood.intent === "unclear") {
    return answerDirectly(
      state,
      "The message does not say what to look at.",
      "The message does not say what to look at.",
    );
  }
  if (understood.datasets.length === 0) {
    return answerDirectly(
      state,
      "There is no dataset to ask.",
      "The workspace has no dataset yet.",
    );
  }
  if (isAboutNothingKnown(understood)) {
    return answerDirectly(
      state,
      "The log has no calls of what is asked about.",
      "The log has no calls of what is asked about.",
    );
  }
  const isWhy = understood.follows?.how === "why";
  if (isWhy && hasReused(state)) {
    return answerDirectly(
      state,
      "Earlier evidence of this thread says why.",
      "What drove it has been found out already.",
    );
  }
  const ceiling =
    state.ceiling === null || rulesGoOn(state.ceiling)
      ? null
      : `The run reached ${ceilingName(state.ceiling)}.`;
  if (!ran(state, "data")) {
    if (ceiling) return answerDirectly(state, ceiling, ceiling);
    return enter(state, crew, "data", "The figures of the log are needed first.");
  }
  const profile = resultOf(state, data);
  if (profile && profile.calls === 0) {
    return answerDirectly(
      state,
      "No call lies in the range asked about.",
      "No call lies in the range asked about.",
    );
  }
  if (understood.intent === "lookup" || isWhy) {
    return answerDirectly(
      state,
      "The data answer the question directly.",
      "A direct question: no report was asked for.",
    );
  }
  if (!ran(state, "optimization") && !wasSkipped(state, "optimization")) {
    if (ceiling) return reportWithWhatThereIs(state, ceiling);
    return enter(state, crew, "optimization", "The profile is known; now what could be saved.");
  }
  if (!ran(state, "actions") && !wasSkipped(state, "actions")) {
    if (ceiling) return reportWithWhatThereIs(state, ceiling);
    return enter(state, crew, "actions", "The levers are ranked; now what to do about them.");
  }
  return enter(state, crew, "reporting", "Everything that could be found out is there.");
}

/** A direct question about models or features of which none is in the log: a total would be a wrong answer. */
function isAboutNothingKnown({ intent, missing, filters }: TriageResult): boolean {
  return intent === "lookup" && missing.length > 0 && !filters.model && !filters.feature;
}

function enter(
  state: RunState,
  crew: ReadonlyMap<AgentName, AnyAgent>,
  agent: AgentName,
  reason: string,
): Choice {
  const entry = crew.get(agent)?.canEnter(state) ?? { holds: false, reason: "No such agent." };
  if (entry.holds) return { next: { agent, reason }, skipped: [] };
  const skipped = { agent, reason: entry.reason };
  if (agent === "reporting" || agent === "data") {
    const direct = answerDirectly(state, entry.reason, entry.reason);
    return { next: direct.next, skipped: direct.skipped };
  }
  // Look on as if the agent had been skipped already.
  const after = chooseNext({ ...state, skipped: [...state.skipped, skipped] }, crew);
  return { next: after.next, skipped: [skipped, ...after.skipped] };
}

function answerDirectly(state: RunState, reason: string, skipReason: string): Choice {
  return {
    next: { agent: "supervisor", reason },
    skipped: ORDER.filter((agent) => !ran(state, agent) && !wasSkipped(state, agent)).map(
      (agent) => ({ agent, reason: skipReason }),
    ),
  };
}

function reportWithWhatThereIs(state: RunState, ceiling: string): Choice {
  return {
    next: { agent: "reporting", reason: `${ceiling} The report says what is missing.` },
    skipped: (["optimization", "actions"] as const)
      .filter((agent) => !ran(state, agent) && !wasSkipped(state, agent))
      .map((agent) => ({ agent, reason: ceiling })),
  };
}

function why(change: ReturnType<typeof changeOf>): string {
  return change === null
    ? "The message asks for a change, which somebody has to approve first."
    : "Somebody has decided about the change.";
}

const hasReused = (state: RunState) => (state.reused ?? []).length > 0;
const ran = (state: RunState, agent: AgentName) => state.results[agent] !== undefined;
const wasSkipped = (state: RunState, agent: AgentName) =>
  state.skipped.some((one) => one.agent === agent);
