import type { FileFormat, FileProblem } from "./receipt";

export interface Sniffed {
  format: FileFormat;
  /** Between values of a CSV or TSV file. */
  delimiter: string;
  /** Bytes of a byte-order mark to leave out. */
  markBytes: number;
}

const PACKED: Array<{ name: string; starts: number[] }> = [
  { name: "a zip archive or an Excel workbook", starts: [0x50, 0x4b, 0x03, 0x04] },
  { name: "a gzip archive", starts: [0x1f, 0x8b] },
  { name: "a Zstandard archive", starts: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "a Parquet file", starts: [0x50, 0x41, 0x52, 0x31] },
  { name: "a bzip2 archive", starts: [0x42, 0x5a, 0x68] },
  { name: "a PDF document", starts: [0x25, 0x50, 0x44, 0x46] },
  { name: "an old Excel workbook", starts: [0xd0, 0xcf, 0x11, 0xe0] },
];

const DELIMITERS = [",", "\t", ";", "|"];

/** What kind of rows the file holds, from its first bytes; or why it holds none. */
export function sniff(head: Uint8Array): Sniffed | FileProblem {
  if (head.length === 0) {
    return {
      code: "empty-file",
      text: "The file is empty.",
      hint: "Export the log again and choose the new file.",
    };
  }
  const binary = binaryProblem(head);
  if (binary) return binary;
  const markBytes = startsWith(head, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  const text = new TextDecoder().decode(head.subarray(markBytes));
  const start = text.trimStart();
  if (start === "") {
    return {
      code: "empty-file",
      text: "The file starts with nothing but blanks.",
      hint: "Export the log again and choose the new file.",
    };
  }
  if (start.startsWith("{")) return { format: "jsonl", delimiter: "", markBytes };
  if (start.startsWith("[")) return { format: "json", delimiter: "", markBytes };
  if (text.includes("\r") && !text.includes("\n")) {
    return {
      code: "old-line-ends",
      text: "The lines of the file end with a carriage return alone.",
      hint: "Save it with Unix (LF) or Windows (CRLF) line ends.",
    };
  }
  const header = firstLine(start);
  let delimiter = ",";
  for (const candidate of DELIMITERS) {
    if (header.split(candidate).length > header.split(delimiter).length) delimiter = candidate;
  }
  return { format: delimiter === "\t" ? "tsv" : "csv", delimiter, markBytes };
}

function binaryProblem(head: Uint8Array): FileProblem | null {
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]) || looksUtf16(head)) {
    return {
      code: "utf-16",
      text: "The file is UTF-16 text; Netra reads UTF-8.",
      hint: 'Save it as UTF-8 (in Excel: "CSV UTF-8") and import that.',
    };
  }
  const packed = PACKED.find(({ starts }) => startsWith(head, starts));
  if (packed) {
    return {
      code: "packed-file",
      text: `The file is ${packed.name}, not text.`,
      hint: "Unpack or export it as CSV or JSON Lines and import that.",
    };
  }
  let controls = 0;
  for (const byte of head) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  }
  // A stray control character costs its row only; text made of them is none.
  if (controls * 50 <= head.length) return null;
  return {
    code: "not-text",
    text: "The file is not text: it holds control bytes.",
    hint: "Choose a CSV, TSV or JSON Lines file in UTF-8.",
  };
}

/** Latin text in UTF-16 without a mark has a zero at every second byte. */
function looksUtf16(head: Uint8Array): boolean {
  const pairs = Math.min(head.length, 2000) >> 1;
  if (pairs < 4) return false;
  const zeros = [0, 0];
  for (let position = 0; position < pairs * 2; position += 1) {
    if (head[position] === 0) zeros[position & 1] = (zeros[position & 1] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  return Math.max(even, odd) > pairs * 0.7 && Math.min(even, odd) < pairs * 0.1;
}

function startsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function firstLine(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? text : text.slice(0, end);
}
