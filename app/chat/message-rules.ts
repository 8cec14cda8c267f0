import { MESSAGE_MAX_CHARACTERS } from "../../party/protocol";
import { formatCount } from "../ui/format-count";

/** Characters left at which the composer starts to count. */
export const COUNTER_SHOWN_BELOW = 1_000;

/** What is wrong with a message, in words that name the limit; null when it can be sent. */
export function messageProblem(text: string): string | null {
  const length = text.trim().length;
  if (length === 0) return "Write a question first: 1 to 10,000 characters.";
  if (length <= MESSAGE_MAX_CHARACTERS) return null;
  return `The message has ${formatCount(length)} characters; the limit is ${formatCount(MESSAGE_MAX_CHARACTERS)}. Shorten it by ${formatCount(length - MESSAGE_MAX_CHARACTERS)}.`;
}
