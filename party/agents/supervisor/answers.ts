import type { Choice, RichText } from "../../protocol";
import { changeOf } from "../actions";
import { tellChange } from "../actions/change-words";
import { ceilingName, rulesGoOn } from "../core/ceilings";
import { cite, join, rich } from "../core/figures";
import { type RunState, resultOf } from "../core/state";
import { data } from "../data";
import { explain } from "../data/explain";
import { triage } from "../triage";

/** Which kind of direct answer the state calls for. */
export type DirectAnswer =
  | { kind: "small-talk"; text: RichText }
  | { kind: "unclear"; text: RichText; choices: readonly Choice[] }
  | { kind: "change"; text: RichText; choices: readonly Choice[] }
  | { kind: "no-dataset"; text: RichText }
  | { kind: "not-in-log"; text: RichText }
  | { kind: "no-calls"; text: RichText }
  | { kind: "ceiling"; text: RichText }
  | { kind: "lookup"; text: RichText }
  | { kind: "not-understood"; text: RichText };

/** Each is read as what its label says. */
export const whatToLookAt: readonly Choice[] = [
  { label: "Cost", text: "Where does our money go, and what can we save?" },
  { label: "Speed", text: "Which features are slow, and why?" },
  { label: "Failed calls", text: "Which calls fail, and what would avoiding it save?" },
  { label: "Caching", text: "What would caching save?" },
  { label: "Models", text: "Which models should we switch to?" },
  { label: "Growth", text: "What will our usage cost next month if it keeps growing?" },
];

/** The direct answer in the rules' words. */
export function directAnswer(state: RunState): DirectAnswer {
  const understood = resultOf(state, triage);
  const profile = resultOf(state, data);
  const change = changeOf(state);
  if (change !== null && change.state !== "proposed") {
    const choices = change.state === "refused" ? change.choices : [];
    return { kind: "change", text: tellChange(change, state.evidence), choices };
  }
  if (!understood || understood.intent === "small-talk") {
    return { kind: "small-talk", text: [smallTalk(state.message.text)] };
  }
  if (understood.intent === "unclear") {
    return {
      kind: "unclear",
      text: [
        understood.otherLanguage
          ? "I read English only. Please ask in English, or choose one of these."
          : "What should I look at? Choose one of these, or say it in your own words, with the feature or model it is about.",
      ],
      choices: whatToLookAt,
    };
  }
  if (understood.datasets.length === 0) {
    return {
      kind: "no-dataset",
      text: [
        "There is nothing to look at yet: this workspace has no dataset with calls. Import a log of your model calls on the data page (CSV, TSV, JSON or JSON lines), then ask again.",
      ],
    };
  }
  if (profile && profile.calls === 0) return { kind: "no-calls", text: noCalls(state) };
  if (!profile && understood.missing.length > 0) {
    return {
      kind: "not-in-log",
      text: [
        `The log holds no calls of ${understood.missing.join(", ")}. Ask about what occurs in it, or import a log that has these calls on the data page.`,
      ],
    };
  }
  if (!profile && state.ceiling !== null && !rulesGoOn(state.ceiling)) {
    return {
      kind: "ceiling",
      text: [
        `This run reached ${ceilingName(state.ceiling)} before any figure was found. Ask about a shorter time, one feature or one model, or have the ceiling raised.`,
      ],
    };
  }
  const reused = (state.reused ?? []).length > 0;
  if (understood.follows?.how === "why" && !profile) {
    return { kind: "lookup", text: fromEarlier(explain(state.evidence, understood)) };
  }
  if (profile && profile.answer.length > 0) {
    return { kind: "lookup", text: reused ? fromEarlier(profile.answer) : profile.answer };
  }
  return {
    kind: "not-understood",
    text: [
      "I could not work on this message. Ask, for example, where the money goes, what could be saved, or what a model cost last week.",
    ],
  };
}

/** Figures that are cited again are said to be: their labels are those of the answer that found them. */
function fromEarlier(text: RichText): RichText {
  return rich`${text} The figures are from an earlier answer in this thread; the data they rest on are unchanged.`;
}

function smallTalk(message: string): string {
  const text = message.toLowerCase();
  if (/thank|thx|cheers|great|nice|cool|perfect|awesome|good job|well done/.test(text)) {
    return "You are welcome. Ask whenever you want to look at the next thing.";
  }
  if (/bye|good night|see you/.test(text)) return "Goodbye. This thread stays as it is.";
  return "Hello. I look into logs of language-model calls: where the money and the time go, what could be saved, and what that rests on. Ask, for example: Where does our money go, and what can we save without making answers slower?";
}

function noCalls(state: RunState): RichText {
  const understood = resultOf(state, triage);
  const stated = state.evidence.find(({ label }) => label === understood?.stated) ?? null;
  const range = understood?.range;
  const between =
    stated && range
      ? join(
          [
            range.from === null ? [] : rich` from ${cite(stated, "from")}`,
            range.to === null ? [] : rich` until ${cite(stated, "to")}`,
          ],
          "",
        )
      : [];
  const names = [...(understood?.filters.model ?? []), ...(understood?.filters.feature ?? [])];
  const about = names.length > 0 ? ` of ${names.join(" and ")}` : "";
  const datasets = understood?.datasets.map(({ name }) => name).join(", ") ?? "";
  return rich`There are no calls${about}${between} in ${datasets}, so there is nothing to report. Ask about another time, or import a log that covers it on the data page.`;
}
