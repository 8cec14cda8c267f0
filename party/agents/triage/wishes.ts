import { findModels } from "./model-names";
import { type KnownNames, withoutNames } from "./names";
import { normalise } from "./normalise";
import type { TriageResult } from "./result";

/** What a message allows, forbids or proposes besides its figures. */
export type Wishes = Pick<
  TriageResult,
  "mayWait" | "candidates" | "wantsNewer" | "changeDays" | "keepSpend"
>;

const DAY = 86_400_000;

const MAY_WAIT =
  /\b(?:may|can|could) wait\b|\bneeds? (?:not|no)\b[^.?!]{0,20}\b(?:real[- ]?time|immediate\w*|instant\w*|at once|live)\b|\b(?:do|does)(?: not|n['’]t) (?:need|have) to be (?:real[- ]?time|immediate|instant|live)\b|\b(?:is|are)(?: not|n['’]t) (?:urgent|time[- ]critical|latency[- ]sensitive)\b|\bover ?night\b|\b(?:as|in|by) (?:a )?batch(?:es)?\b|\bwithin (?:a|one) day\b/;

/** Words that make a named model one to move to, rather than one whose calls are asked about. */
const PROPOSES =
  /\b(?:suit\w*|consider\w*|switch\w*|mov(?:e|ing)|migrat\w*|replac\w*|swap\w*|adopt\w*|upgrad\w*|try(?:ing)?|effective|instead of|be (?:good|better|worth))\b/;

const CHANGE =
  /\b(?:up|down)grade[ds]?\b|\broll(?:ed)? ?back\b|\bwhat changed\b|\bwas [^.?!]{0,60}\bworth it\b|\bwhy (?:did|has|have|is|are) [^.?!]{0,60}\b(?:rise|rose|risen|grow|grown|go(?:ne)? up|jump(?:ed)?|increased?|fall|fallen|drop(?:ped)?|changed?)\b/;

const KEEP_SPEND =
  /(?:\b(?:without|not|no|cannot|never)|n['’]t)\b[^.?!,;]{0,20}\b(?:spend(?:ing)?|pay(?:ing)?|cost(?:ing|s)?)\s+(?:any\s+)?more\b|\b(?:without|no)\s+(?:more|extra|higher|additional|raising)\s+(?:the\s+)?(?:spend\w*|costs?|money|budget)\b|\b(?:same|equal) (?:spend|cost|budget|money)\b|\bkeep\w* (?:the |our )?(?:costs?|spend\w*|bill)\b[^.?!,;]{0,12}\b(?:flat|constant|same|stable|unchanged)\b/;

/** Reads them by rules, whoever classified the message. */
export function readWishes(
  message: string,
  known: KnownNames,
  range: TriageResult["range"],
): Wishes {
  const text = message.toLowerCase();
  const clauses = text.split(/[;.?!,](?=\s|$)|\b(?:but|while|whereas)\b/);
  const waiting = clauses.filter((clause) => MAY_WAIT.test(clause));
  return {
    mayWait: known.features.filter((name) => waiting.some((clause) => holds(clause, name))),
    candidates: [...new Set(readCandidates(message, known))],
    wantsNewer: /\bnewer\b|\bnewest\b|\blatest\b/.test(text) && /\bmodels?\b/.test(text),
    changeDays: CHANGE.test(text) ? daysOf(range) : null,
    keepSpend: KEEP_SPEND.test(text),
  };
}

/** Before the models that the message wants to leave: "from gpt-4o", "replace gpt-4o and gpt-5", "instead of it". */
const LEAVES =
  /\b(?:from|off|away from|instead of|replac(?:e|es|ed|ing)|than|leave|leaving|drop|dropping|retire|(?:swap|exchang|trad|switch|mov|migrat)(?:e|es|ed|p?ing)?) (?:(?:all|the|our|my|every) )*(?:it(?:, ?| and | or |, and ))*$/;

/** Models that the message proposes, by name or by a family of one; those it wants to leave are not among them. */
function readCandidates(message: string, known: KnownNames): string[] {
  const text = normalise(message);
  if (!PROPOSES.test(text)) return [];
  const mentions = findModels(text, known.models);
  return mentions.flatMap(({ start, names, said }, index) =>
    LEAVES.test(withoutNames(text.slice(0, start), mentions.slice(0, index)))
      ? []
      : names.length > 0
        ? names
        : [said],
  );
}

function holds(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w.-])${variants(name)}(?![\\w]|[-.]\\w)`).test(text);
}

/** Whole days of the time asked about; a week where none is. */
function daysOf({ from, to }: TriageResult["range"]): number {
  if (from === null || to === null) return 7;
  return Math.min(90, Math.max(1, Math.round((to - from) / DAY)));
}

/** `support-chat` may be written "support chat" or "support_chat". */
function variants(name: string): string {
  return name
    .toLowerCase()
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/[-_ ]+/g, "[-_ ]");
}
