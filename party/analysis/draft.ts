import { catalogueVersion } from "../../db/prices";
import type { EvidenceDraft, Ground } from "../protocol/evidence";
import type { Figures } from "./figures";
import type { Answer, Scope } from "./source";

interface DraftParts {
  tool: string;
  what: string;
  ground: Ground;
  formula: string | null;
  /** The questions whose answers the figures were made of, in order. */
  answers: ReadonlyArray<Answer<unknown>>;
  /** What was chosen besides the scope. */
  chosen?: Record<string, unknown>;
  assumptions?: readonly string[];
  segmentLabel?: string | null;
  figures: Figures;
}

const MOST_SQL = 20_000;

/** Puts a receipt together: several questions become one text of SQL and one sum of rows read. */
export function draftOf(scope: Scope, parts: DraftParts): EvidenceDraft {
  const sql = parts.answers.map((answer) => answer.sql).join("\n;\n\n");
  return {
    tool: parts.tool,
    what: parts.what,
    ground: parts.ground,
    formula: parts.formula,
    sql: sql === "" ? null : sql.slice(0, MOST_SQL),
    parameters: Object.assign(
      {},
      ...parts.answers.map((answer) => answer.parameters),
      parts.chosen ?? {},
    ),
    rowsRead: parts.answers.reduce((sum, answer) => sum + answer.rowsRead, 0),
    elapsedMs: Math.round(parts.answers.reduce((sum, answer) => sum + answer.elapsedMs, 0)),
    catalogueVersion,
    datasets: scope.datasets.map(({ id, name, version }) => ({ id, name, version })),
    assumptions: [...(parts.assumptions ?? [])],
    segmentLabel: parts.segmentLabel ?? null,
    values: parts.figures.values,
  };
}
