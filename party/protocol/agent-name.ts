import * as z from "zod";

export const agentNameSchema = z.enum([
  "supervisor",
  "triage",
  "data",
  "optimization",
  "actions",
  "reporting",
]);
export type AgentName = z.infer<typeof agentNameSchema>;
