/**
 * What is said about the asking and not about the log: "quick question", "when you have a minute", "real quick", "for the
 * board deck". Words in it ("quick", "minute") would be read as a subject or a bound.
 */
const ASIDES: readonly RegExp[] = [
  /\b(?:a |one |just )?(?:real |really |super )?quick(?:ie)? (?:one|question|q|check|look|ask|favou?r|note|thing|help|sanity check|update|overview|summary)\b/g,
  /\b(?:real|really|super) quick\b(?! (?:to|at|in)\b)/g,
  /\bquick (?=(?:wins?|fix(?:es)?|tips?|ideas?|numbers?|breakdown|list|answer to)\b)/g,
  /\bquickly (?=(?:show|tell|check|give|list|look|explain|see|get me|find out|summari[sz]e)\b)/g,
  /\b(?:when(?:ever)? you (?:have|get|find)|if you have|(?:have you |do you have |you )?got)(?: got)? (?:a|some|1) (?:sec(?:ond)?|min(?:ute)?|moment|time)\b/g,
  /\b(?:give me|just|wait) (?:a|1) (?:sec(?:ond)?|min(?:ute)?|moment)\b/g,
  /\b(?:asap|as soon as possible|right away|right now|urgently|btw|by the way|fyi|no rush|for what it's worth|to be honest|tbh|imo|rn)\b/g,
  /\bfor (?:the|my|our|a|an) (?:\w+ )?(?:board(?: deck| meeting)?|deck|slides?|presentation|meeting|standup|stand-up|boss|manager|ceo|cfo|cto|investors?|steering committee|newsletter)\b/g,
];

/** The text without them. Pure. */
export function withoutAsides(text: string): string {
  return ASIDES.reduce((rest, aside) => rest.replace(aside, " "), text)
    .replace(/\s+/g, " ")
    .replace(/ (?=[,.?!;:])/g, "")
    .replace(/^[\s,.;:!-]+/, "")
    .trim();
}
