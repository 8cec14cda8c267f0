import * as z from "zod";

/** Something of a workspace that the crew changes once somebody who may has approved it. */
export const workspaceChangeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("set-budget"),
    /** The feature whose calls it bounds; empty: all calls. */
    feature: z.string(),
    /** USD for each calendar month (UTC). */
    amountUsd: z.number(),
    /** Share of the amount at which people are told, besides 100. */
    alertPercent: z.number(),
  }),
  z.object({ kind: z.literal("remove-budget"), feature: z.string() }),
  z.object({
    kind: z.literal("set-retention"),
    datasetId: z.uuid(),
    /** Calls go when they are older than so many whole days; null keeps them. */
    days: z.number().nullable(),
  }),
  z.object({ kind: z.literal("delete-dataset"), datasetId: z.uuid() }),
]);
export type WorkspaceChange = z.infer<typeof workspaceChangeSchema>;

/** For people: `problem` says what is wrong with `field`. */
export const changeRefusalSchema = z.object({ field: z.string(), problem: z.string() });
export type ChangeRefusal = z.infer<typeof changeRefusalSchema>;
