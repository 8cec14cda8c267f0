/** Words that decide how a message is read, and that people mistype. */
const KEY_WORDS = new Set(
  `how what which much many when where cost costs spend spent spending money calls requests tokens latency error errors
  failed failing failures feature features model models provider providers expensive cheaper faster slower reduce optimize
  optimise optimization savings quality response yesterday today week weeks month months percent budget traffic usage double
  triple growth forecast cache caching cached duplicate duplicates retries timeouts average median between without except
  excluding recommend compare switch analyze analyse please thanks answers accuracy migrate replace dollars number invoice
  monday tuesday wednesday thursday friday saturday sunday january february march april august september october november
  december`.split(/\s+/),
);

/** Right words that stand one letter from a key word. */
const RIGHT = new Set(
  "equality falling sailing filing fasted lasted posts hosts lists coats hosted coasts modest modal mouth moths weeds taken taking hot who won was has her own falls walls balls halls whom mush tube there were here then than spine spins bidet sorts server servers swath ache caches coaching catching posted marsh starch prize rate rated late later latent flatter stress blower flower ranches".split(
    " ",
  ),
);

/**
 * Key words with one letter wrong, missing, doubled or swapped are put right; short ones only where two letters are
 * swapped ("hwo"). A word's first letter is taken to be right but in a swap. Pure.
 */
export function correctTypos(text: string): string {
  return text.replace(/(?<![\w.'$/-])[a-z]{3,}(?![\w'/-])/g, (word) => meant(word) ?? word);
}

function meant(word: string): string | null {
  if (KEY_WORDS.has(word) || RIGHT.has(word)) return null;
  let found: string | null = null;
  for (const key of KEY_WORDS) {
    // An inflection is no typo: "compared", "reduces", "answer".
    if (key.startsWith(word) || word.startsWith(key)) return null;
    if (found === null && isMistyped(word, key)) found = key;
  }
  return found;
}

function isMistyped(word: string, key: string): boolean {
  if (isSwapped(word, key)) return true;
  const isLong = Math.min(word.length, key.length) >= 5 && key.length >= 6;
  return isLong && word[0] === key[0] && isOneEditAway(word, key);
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return (
    at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  );
}

/** One letter put in, left out or replaced. */
export function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  if (a.length === b.length) return a.slice(at + 1) === b.slice(at + 1);
  return a.length > b.length ? a.slice(at + 1) === b.slice(at) : a.slice(at) === b.slice(at + 1);
}
