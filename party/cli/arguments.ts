import { parseArgs } from "node:util";

export interface CrewArguments {
  file: string;
  model: { provider: string; model: string } | null;
  /** Unix ms; null when not given. */
  start: number | null;
  question: string;
  json: boolean;
}

/** The command was called wrongly; the message says how, and how to call it right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `Usage: npm run crew -- --import FILE [--model PROVIDER/MODEL] [--start DATE] --ask "…" [--json]

  --import FILE            a log of model calls: CSV, TSV, JSON or JSON lines
  --model PROVIDER/MODEL   given to every row that names no model, e.g. openai/gpt-4o
  --start DATE             when a trace began whose times count from zero, e.g. 2024-05-01
  --ask "…"                the question to the crew
  --json                   print report, evidence and import receipt as JSON instead of Markdown`;

/** @throws UsageError; null when the user only asked for help. */
export function readArguments(argv: readonly string[]): CrewArguments | null {
  const { values } = parse(argv);
  if (values.help) return null;
  const { import: file, ask, model, start, json } = values;
  if (!file) throw new UsageError("--import FILE is missing.");
  if (!ask || ask.trim() === "") throw new UsageError('--ask "…" is missing.');
  if (ask.length > 10_000) throw new UsageError("The question is longer than 10,000 characters.");
  return {
    file,
    model: model === undefined ? null : readModel(model),
    start: start === undefined ? null : readStart(start),
    question: ask.trim(),
    json: json ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        import: { type: "string" },
        model: { type: "string" },
        start: { type: "string" },
        ask: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readModel(text: string): { provider: string; model: string } {
  const slash = text.indexOf("/");
  const provider = text.slice(0, slash).trim();
  const model = text.slice(slash + 1).trim();
  if (slash < 1 || provider === "" || model === "") {
    throw new UsageError(`--model must be PROVIDER/MODEL, such as openai/gpt-4o; got "${text}".`);
  }
  return { provider, model };
}

function readStart(text: string): number {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(at) || at < 0) {
    throw new UsageError(`--start must be a date such as 2024-05-01; got "${text}".`);
  }
  return at;
}
