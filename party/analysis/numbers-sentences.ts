/**
 * Cuts a streamed text into sentences. A sentence comes out only once it is certain to have ended: a
 * full stop inside `$96.79` or `e.g.` ends nothing, so nothing half-read is ever checked or shown.
 */
export class SentenceSplitter {
  private rest = "";

  /** Whole sentences that this piece completed, each with its trailing white space. */
  push(piece: string): string[] {
    this.rest += piece;
    const sentences: string[] = [];
    for (let end = sentenceEnd(this.rest); end !== -1; end = sentenceEnd(this.rest)) {
      sentences.push(this.rest.slice(0, end));
      this.rest = this.rest.slice(end);
    }
    return sentences;
  }

  /** What is left when the text ends; empty when nothing is. */
  end(): string {
    const last = this.rest;
    this.rest = "";
    return last;
  }
}

const ABBREVIATIONS = /(?:\b(?:e\.g|i\.e|vs|approx|ca|etc|no|incl|resp)|\b\p{L})\.$/iu;

/** Index after the first complete sentence and its white space, or -1. */
function sentenceEnd(text: string): number {
  const boundary = /(?:[.!?]["')\]]*(?:\s?\[E\d+(?:,\s*E\d+)*\])?[.!?]?(?=\s)|\n)/g;
  for (const match of text.matchAll(boundary)) {
    if (match[0] === "\n") {
      return match.index + 1;
    }
    const stop = match.index + match[0].length;
    const upTo = text.slice(0, match.index + 1);
    if (match[0].startsWith(".") && ABBREVIATIONS.test(upTo)) continue;
    // The list marker "1." is no sentence.
    if (/(?:^|\n)\s*\d{1,2}\.$/.test(upTo)) continue;
    const space = /^\s+/.exec(text.slice(stop))?.[0].length ?? 0;
    // A citation may still follow the full stop: wait for the next visible character.
    if (stop + space >= text.length) return -1;
    if (/^\[E?\d*(?:,\s*E?\d*)*\]?$/.test(text.slice(stop + space, stop + space + 12))) return -1;
    const after = /^\s*\[E\d+(?:,\s*E\d+)*\]\s*/.exec(text.slice(stop))?.[0].length;
    return after === undefined ? stop + space : stop + after;
  }
  return -1;
}
