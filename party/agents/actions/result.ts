import { z } from "zod";
import { reportActionSchema } from "../../protocol";

export const actionsResultSchema = z.object({
  /** In the order in which to do them. */
  actions: z.array(reportActionSchema),
});
export type ActionsResult = z.infer<typeof actionsResultSchema>;
