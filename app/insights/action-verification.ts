import * as z from "zod";
import { evidenceDraftSchema } from "../../party/protocol/evidence";

/** A verification as it is stored and shown: its outcome, and its receipt with every figure. */
export const storedVerificationSchema = z.object({
  state: z.enum(["unknown", "too-early", "verified"]),
  verdict: z.enum(["kept", "short", "no-saving"]).nullable(),
  /** Why it is not verified. */
  reason: z.string().nullable(),
  draft: evidenceDraftSchema,
});
export type StoredVerification = z.infer<typeof storedVerificationSchema>;

/** The outcome in a sentence that holds no figure of its own. */
export function outcomeText({ state, verdict, reason }: StoredVerification): string {
  if (state !== "verified") return sentence(reason ?? "not known");
  switch (verdict) {
    case "kept":
      return "Kept: it saves, and the interval reaches what was promised.";
    case "short":
      return "Short: less was saved than was promised, whichever end of the interval is taken.";
    default:
      return "No saving: the cost did not fall against what it would have been.";
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
