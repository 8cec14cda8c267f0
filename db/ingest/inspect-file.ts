import { cellText, Fault } from "./fault";
import type { CallField, Inspection } from "./inspection";
import { IMPORT_LIMITS } from "./options";
import type { Plan } from "./plan";
import type { FileProblem } from "./receipt";
import { NO_JSON_ROWS, RowSource } from "./row-source";
import { sniff } from "./sniff";
import { visibleText } from "./visible-text";

const SAMPLE_ROWS = 5;

/**
 * What the first bytes of a file (64 KiB suffice; fewer are taken to be the whole file) tell about it. Nothing is
 * stored and nothing thrown: what is wrong stands in `problems`. `importCalls` comes to the same conclusions.
 */
export function inspectFile(head: Uint8Array, fileName: string): Inspection {
  const sniffed = sniff(head);
  if ("code" in sniffed) return refused([sniffed]);
  const rows = new RowSource(sniffed);
  const data = rows.push(head.subarray(sniffed.markBytes, IMPORT_LIMITS.inspectionBytes));
  if (head.length < IMPORT_LIMITS.inspectionBytes) data.push(...rows.end());
  if (rows.problem) return { ...refused([rows.problem]), format: sniffed.format };
  const plan = rows.plan(data);
  if (plan === null) {
    const problem = sniffed.format.startsWith("json") ? NO_JSON_ROWS : longHeader(fileName);
    return { ...refused([problem]), format: sniffed.format };
  }
  const good = data.flatMap(({ values }) => (values instanceof Fault ? [] : [values]));
  const problems: FileProblem[] = plan.problem ? [plan.problem] : [];
  if (problems.length === 0 && data.length === 0) problems.push(noRows(head.length));
  return {
    format: sniffed.format,
    shape: plan.shape,
    columns: plan.columns.map(visibleText),
    mapping: mappingOf(plan),
    needs: plan.needs,
    sample: good.slice(0, SAMPLE_ROWS).map((values) => {
      const cells = rows.allCells(values);
      return plan.columns.map((_, index) => visibleText(cellText(cells[index])));
    }),
    assumptions: plan.assumptions,
    problems,
  };
}

function mappingOf(plan: Plan): Inspection["mapping"] {
  return Object.entries(plan.fields).flatMap(([field, columns]) =>
    columns.map(({ name }) => ({ column: name, field: field as CallField })),
  );
}

function refused(problems: FileProblem[]): Inspection {
  return {
    format: null,
    shape: null,
    columns: [],
    mapping: [],
    needs: [],
    sample: [],
    assumptions: [],
    problems,
  };
}

function longHeader(fileName: string): FileProblem {
  return {
    code: "header-too-long",
    text: `The first ${IMPORT_LIMITS.inspectionBytes / 1024} KiB of "${visibleText(fileName)}" hold no complete line.`,
    hint: "The first line must name the columns and end with a line end.",
  };
}

function noRows(seenBytes: number): FileProblem {
  const whole = seenBytes < IMPORT_LIMITS.inspectionBytes;
  return {
    code: "header-only",
    text: whole
      ? "The file holds no rows below its header."
      : `The first ${IMPORT_LIMITS.inspectionBytes / 1024} KiB hold no complete row below the header.`,
    hint: "Export a range of time with calls in it.",
  };
}
