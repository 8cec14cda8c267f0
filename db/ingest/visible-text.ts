const SHOWN_CHARACTERS = 80;

/** Control, line-separating, direction-changing and unpaired characters, which would hide or forge what a receipt shows. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A value as a receipt shows it: at most 80 characters, hidden characters as escapes. Data, never markup. */
export function visibleText(text: string): string {
  const whole = text.length <= SHOWN_CHARACTERS * 2 ? text : text.slice(0, SHOWN_CHARACTERS * 2);
  const shown = whole.replace(HIDDEN, escapeOf);
  if (shown.length <= SHOWN_CHARACTERS) return shown;
  const cut = shown.slice(0, SHOWN_CHARACTERS - 1);
  // A cut between the halves of a pair would leave a lone surrogate, which JSON storage refuses.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
