/** Where a foreign address of a text leads: a page that names its host and lets the reader decide. */
const LEAVE_PATH = "/leave";
const ADDRESS_MAX_CHARACTERS = 2_000;

export type TextPart = { text: string; address: null } | { text: string; address: string };

/** Parts of a text, whoever wrote it: web addresses, and what stands between them. Pure. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(/\bhttps?:\/\/[^\s<>"'`()[\]{}|\\^]+/gi)) {
    // A full stop behind an address ends the sentence.
    const address = found.replace(/[.,;:!?]+$/, "");
    if (foreignAddress(address) === null) continue;
    if (index > end) parts.push({ text: text.slice(end, index), address: null });
    parts.push({ text: address, address });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), address: null });
  return parts;
}

/** The address as it would be opened, when it is one of the web; null for every other scheme, and for what is none. */
export function foreignAddress(text: string | null): URL | null {
  if (text === null || text.length > ADDRESS_MAX_CHARACTERS || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && url.hostname !== "" ? url : null;
}

export function leavePath(address: string): string {
  return `${LEAVE_PATH}?${new URLSearchParams({ to: address })}`;
}
