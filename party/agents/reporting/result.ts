import { z } from "zod";
import { reportSchema, richTextSchema, writerSchema } from "../../protocol";

export const reportingResultSchema = z.object({
  report: reportSchema,
  /** The answer in the thread: the summary, and where to read on. */
  answer: richTextSchema,
  writer: writerSchema,
});
export type ReportingResult = z.infer<typeof reportingResultSchema>;
