import { isSmallTalk } from "../triage/small-talk";

const LONGEST = 72;

/** A thread's title from its first question: its first sentence, cut at a word. Small talk names nothing. */
export function titleOf(message: string): string | null {
  if (isSmallTalk(message)) return null;
  const line = message.replace(/\s+/g, " ").trim();
  const sentence = /^.{8,}?[.?!](?=\s|$)/.exec(line)?.[0] ?? line;
  const text = sentence.replace(/[.\s]+$/, "");
  if (text.length <= LONGEST) return capital(text);
  const cut = text.slice(0, LONGEST);
  const space = cut.lastIndexOf(" ");
  return `${capital(space > 30 ? cut.slice(0, space) : cut)}…`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
