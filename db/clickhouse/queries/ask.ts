import { z } from "zod";
import type { CallOptions, ClickHouse, Question } from "../client";
import { ClickHouseShapeError } from "../errors";
import type { Answer } from "../scope";

/** Asks, and checks each row against its schema. Throws ClickHouseShapeError besides the client's errors. */
export async function ask<Row>(
  clickhouse: ClickHouse,
  question: Question,
  row: z.ZodType<Row>,
  options: CallOptions = {},
): Promise<Answer<Row>> {
  const answer = await clickhouse.query(question, options);
  const rows = z.array(row).safeParse(answer.rows);
  if (!rows.success) throw new ClickHouseShapeError(question.name, rows.error);
  return { ...answer, rows: rows.data };
}
