import { type Cell, cellText, Fault } from "./fault";
import { IMPORT_LIMITS } from "./options";

// Line ends and tabs are data; other control characters and unpaired surrogates no store keeps faithfully.
const UNSTORABLE = /[\p{Cs}]|(?![\t\n\r])[\p{Cc}]/u;

/** An identifier, kept as it stands (formulas, markup and SQL are only text), without surrounding blanks. */
export function readText(cell: Cell, column: string): string | Fault {
  const text = cellText(cell).trim();
  if (text.length > IMPORT_LIMITS.textCharacters) {
    const most = IMPORT_LIMITS.textCharacters.toLocaleString("en-US");
    return new Fault("text-too-long", `longer than ${most} characters`, text, column);
  }
  if (UNSTORABLE.test(text)) {
    return new Fault("control-characters", "holds control characters", text, column);
  }
  return text;
}

const OK_WORDS = new Set(
  "ok success succeeded successful complete completed done finished stop length tool_calls end_turn max_tokens true default debug".split(
    " ",
  ),
);
const ERROR_WORDS = new Set(
  "error errored failed failure fail timeout timed_out cancelled canceled aborted rate_limited ratelimited throttled overloaded false warning".split(
    " ",
  ),
);
const NO_ERROR_WORDS = new Set(["", "0", "false", "none", "null", "no", "nan"]);

/** `ok` or `error`, from words or HTTP status codes. */
export function readStatus(cell: Cell, column: string): "ok" | "error" | Fault {
  const word = cellText(cell).trim().toLowerCase().replaceAll(/[ -]/g, "_");
  if (OK_WORDS.has(word) || /^[23]\d\d$/.test(word)) return "ok";
  if (ERROR_WORDS.has(word) || /^[45]\d\d$/.test(word)) return "error";
  return new Fault("unknown-status", "neither a success nor an error", cellText(cell), column);
}

/** An error's code or text, cut to 200 characters; empty when the cell says that there was none. */
export function readErrorCode(cell: Cell): string {
  const text = cellText(cell).trim();
  if (NO_ERROR_WORDS.has(text.toLowerCase())) return "";
  return Array.from(text.slice(0, 400).replaceAll(/[\p{Cc}\p{Cs}]/gu, " "))
    .slice(0, 200)
    .join("");
}
