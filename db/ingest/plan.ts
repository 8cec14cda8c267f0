import { EXPECTED_COLUMNS, matchName, plainName, splitUnit, tagName } from "./column-names";
import type { Cell } from "./fault";
import type { CallField, Inspection } from "./inspection";
import { IMPORT_LIMITS } from "./options";
import type { DurationUnit } from "./read-number";
import { epochUnit, isNumericTime, lacksZone, type TimeMode } from "./read-time";
import type { FileProblem, FileShape } from "./receipt";
import { visibleText } from "./visible-text";

/** A column that feeds a field. */
export interface FieldColumn {
  /** As a receipt shows it. */
  name: string;
  /** Place in the file's columns. */
  index: number;
  /** Last part of the name, letters and digits only, without unit: tells whose convention a count follows. */
  plain: string;
  /** As the name says; for a duration otherwise settled from the values; null where unknown. */
  unit: DurationUnit | null;
  tag: string;
}

/** How the rows of one file become calls. Made once, from its columns and first rows. */
export interface Plan {
  shape: FileShape;
  columns: string[];
  fields: Partial<Record<CallField, FieldColumn[]>>;
  timeMode: TimeMode;
  /** For blocks whose size no column names. */
  defaultBlockTokens: number;
  needs: Inspection["needs"];
  assumptions: string[];
  problem: FileProblem | null;
}

const MOST_COLUMNS_PER_FIELD = 4;
const MOONCAKE_BLOCK_TOKENS = 512;

/** `paths` holds each column's name (one part, CSV) or the keys to it (JSON); `rows` the first rows' values. */
export function makePlan(paths: readonly (readonly string[])[], rows: readonly Cell[][]): Plan {
  const columns = paths.map((path) => path.join("."));
  const fields = matchFields(paths, columns);
  const shape = shapeOf(paths, fields);
  const assumptions: string[] = [];
  for (const field of ["latencyMs", "ttftMs"] as const) {
    for (const column of fields[field] ?? []) settleUnit(column, rows, assumptions);
  }
  const timeMode = timeModeOf(fields.time?.[0], rows, shape, assumptions);
  const needs: Inspection["needs"] = [];
  if (!fields.model) needs.push("model");
  if (timeMode.kind === "relative") needs.push("startTime");
  addConventions(fields, assumptions);
  return {
    shape,
    columns,
    fields,
    timeMode,
    defaultBlockTokens: MOONCAKE_BLOCK_TOKENS,
    needs,
    assumptions,
    problem: duplicateColumn(columns, fields) ?? missingColumns(columns, fields),
  };
}

function matchFields(
  paths: readonly (readonly string[])[],
  columns: readonly string[],
): Plan["fields"] {
  const matches = paths.flatMap((path, index) => {
    const match = matchName(path);
    return match ? [{ ...match, index, leaf: path.at(-1) ?? "" }] : [];
  });
  matches.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const fields: Plan["fields"] = {};
  for (const { field, index, leaf } of matches) {
    const raw = columns[index] ?? "";
    const list = fields[field] ?? [];
    fields[field] = list;
    if (field !== "tags" && list.length >= MOST_COLUMNS_PER_FIELD) continue;
    const { base, unit } = splitUnit(leaf);
    list.push({ name: visibleText(raw), index, plain: plainName(base), unit, tag: tagName(raw) });
  }
  return fields;
}

function shapeOf(paths: readonly (readonly string[])[], fields: Plan["fields"]): FileShape {
  const names = new Set(paths.map((path) => path.join(".")));
  if (names.has("ContextTokens") && names.has("GeneratedTokens")) return "azure-llm-trace";
  if (names.has("input_length") && names.has("output_length")) return "mooncake-trace";
  if (names.has("inputTokens") && names.has("outputTokens") && names.has("promptHash")) {
    return "netra";
  }
  const input = fields.inputTokens?.[0];
  if (input?.name.endsWith("usage.prompt_tokens")) return "openai";
  return input?.name.endsWith("usage.input_tokens") ? "anthropic" : "generic";
}

function numbersOf(column: FieldColumn, rows: readonly Cell[][]): number[] {
  const cells = rows.map((row) => row[column.index]).filter((cell) => isNumericTime(cell));
  return cells.map(Number).sort((a, b) => a - b);
}

function settleUnit(column: FieldColumn, rows: readonly Cell[][], assumptions: string[]): void {
  if (column.unit !== null) return;
  const numbers = numbersOf(column, rows);
  const middle = numbers[numbers.length >> 1] ?? 0;
  const seconds = middle < 100 && numbers.some((value) => !Number.isInteger(value));
  column.unit = seconds ? "s" : "ms";
  assumptions.push(
    `"${column.name}" names no unit; its values were taken as ${seconds ? "seconds" : "milliseconds"}.`,
  );
}

function timeModeOf(
  column: FieldColumn | undefined,
  rows: readonly Cell[][],
  shape: FileShape,
  assumptions: string[],
): TimeMode {
  if (column === undefined) return { kind: "epoch", unit: null };
  if (rows.some((row) => lacksZone(row[column.index]))) {
    assumptions.push(`Times in "${column.name}" name no zone; they were taken as UTC.`);
  }
  const named = column.unit;
  const numbers = numbersOf(column, rows);
  const middle = numbers[numbers.length >> 1];
  if (middle === undefined) return { kind: "epoch", unit: null };
  // One number decides for the file: in a long trace late relative times would look like early epochs.
  const unit = epochUnit(middle);
  if (unit !== null) return { kind: "epoch", unit: named ?? unit };
  const relative = named ?? (shape === "generic" ? "s" : "ms");
  assumptions.push(
    `Times in "${column.name}" count from zero, in ${relative === "s" ? "seconds" : relative}; the given start was added.`,
  );
  return { kind: "relative", unit: relative, startTime: null };
}

/** Anthropic's `input_tokens` leaves cached tokens out; all others count them in. */
export function leavesCacheOut(input: FieldColumn, cache: FieldColumn): boolean {
  return (
    input.plain === "inputtokens" &&
    (cache.plain === "cachereadinputtokens" || cache.plain === "cachecreationinputtokens")
  );
}

/** Google's `candidatesTokenCount` leaves thinking out. */
export function leavesReasoningOut(output: FieldColumn, reasoning: FieldColumn): boolean {
  return output.plain === "candidatestokencount" && reasoning.plain === "thoughtstokencount";
}

/** `attempt` counts from 1, `retry` from 0. */
export function countsFromOne(column: FieldColumn): boolean {
  return column.plain === "attempt" || column.plain === "attemptnumber";
}

function addConventions(fields: Plan["fields"], assumptions: string[]): void {
  const input = fields.inputTokens?.[0];
  const cache = [...(fields.cacheReadTokens ?? []), ...(fields.cacheWriteTokens ?? [])];
  if (input && cache.some((column) => leavesCacheOut(input, column))) {
    assumptions.push(
      `"${input.name}" leaves cached tokens out (Anthropic's way); they were added.`,
    );
  }
  const [output, reasoning] = [fields.outputTokens?.[0], fields.reasoningTokens?.[0]];
  if (output && reasoning && leavesReasoningOut(output, reasoning)) {
    assumptions.push(`"${output.name}" leaves thinking out (Google's way); it was added.`);
  }
  const retry = fields.retry?.[0];
  if (retry && countsFromOne(retry)) assumptions.push(`"${retry.name}" was taken to count from 1.`);
  const blocks = fields.prefixBlocks?.[0];
  if (blocks && !fields.blockTokens) {
    assumptions.push(
      `Blocks in "${blocks.name}" were taken to hold ${MOONCAKE_BLOCK_TOKENS} tokens.`,
    );
  }
}

function duplicateColumn(columns: readonly string[], fields: Plan["fields"]): FileProblem | null {
  for (const list of Object.values(fields)) {
    for (const { name, index } of list) {
      const raw = columns[index];
      const places = columns.flatMap((column, place) => (column === raw ? [place + 1] : []));
      if (places.length < 2) continue;
      return {
        code: "duplicate-column",
        text: `"${name}" names columns ${places.join(" and ")} of line 1, so it is unclear which one counts.`,
        hint: "Rename or remove one of them.",
      };
    }
  }
  return null;
}

function missingColumns(columns: readonly string[], fields: Plan["fields"]): FileProblem | null {
  const missing: string[] = [];
  if (!fields.time) missing.push("time");
  if (!fields.inputTokens && !(fields.totalTokens && fields.outputTokens)) {
    missing.push("input tokens");
  }
  if (!fields.outputTokens && !(fields.totalTokens && fields.inputTokens)) {
    missing.push("output tokens");
  }
  if (missing.length === 0) return null;
  const shown = columns.slice(0, 12).map((column) => `"${visibleText(column)}"`);
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : "";
  return {
    code: "wrong-header",
    text: `No column for ${missing.join(", ")}. Expected ${EXPECTED_COLUMNS}; found ${shown.join(", ") || "none"}${more}.`,
    hint: `The first line must name the columns. Netra takes up to ${IMPORT_LIMITS.columns.toLocaleString("en-US")} of them, in any order.`,
  };
}
