import * as z from "zod";
import { agentNameSchema } from "./agent-name";

/** Decimal text in USD, exact. */
const usdSchema = z.string().regex(/^\d+(\.\d+)?$/);

/**
 * One call of the crew to a language model: a round of tool calls is one, an answer taken from the cache too.
 * What was asked and answered is not in it.
 */
export const modelCallSchema = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  stepId: z.uuid(),
  agent: agentNameSchema,
  /** Version of the prompt that asked. */
  promptVersion: z.number().int().nonnegative(),
  /** As the price catalogue names it; empty behind an endpoint of others. */
  provider: z.string(),
  model: z.string(),
  /** Equal requests have equal hashes. */
  requestHash: z.string(),
  startedAt: z.iso.datetime(),
  latencyMs: z.number().nonnegative(),
  /** Until the first piece of the answer; null where it came as a whole or not at all. */
  firstTokenMs: z.number().nonnegative().nullable(),
  /** `stopped`: the run was stopped in the middle; all but `ok` and `stopped` say why it failed. */
  outcome: z.enum([
    "ok",
    "stopped",
    "rate-limited",
    "unavailable",
    "rejected",
    "timed-out",
    "cut-off",
    "malformed",
    "endless-tools",
    "refused",
    "empty",
    "over-budget",
  ]),
  /** Whether the answer came from the cache; `bypass`: the cache was not asked. */
  cache: z.enum(["hit", "miss", "bypass"]),
  /** Tokens used, none by a hit; null where the endpoint did not say. `inputTokens` includes the cached. */
  usage: z
    .object({
      inputTokens: z.number().int().nonnegative(),
      /** Read from the provider's own prompt cache. */
      cachedInputTokens: z.number().int().nonnegative(),
      outputTokens: z.number().int().nonnegative(),
    })
    .nullable(),
  /** Null: unpriced, because the catalogue has no price or nobody said the tokens. Never a guess. */
  costUsd: usdSchema.nullable(),
  /** What asking the model would have cost; null where it was asked, or where that is unpriced. */
  savedUsd: usdSchema.nullable(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;
