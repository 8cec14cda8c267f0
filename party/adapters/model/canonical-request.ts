import type { AnswerReuse } from "../../ports/language-model";
import { EvidenceLabels } from "./evidence-labels";
import type { CallParams } from "./sdk-types";

/** Raised when what is kept under a key changes its form. */
const SCHEMA_VERSION = 1;

/** All that decides an answer, beside the request itself. */
export interface Asked {
  provider: string;
  endpoint: string;
  model: string;
  agent: string;
  promptVersion: number;
  reuse: Pick<AnswerReuse, "workspaceId" | "data">;
}

/**
 * SHA-256 (hex) over canonical JSON of everything that decides an answer. Labels of evidence count by
 * the order in which they occur: a step that is done again gets new ones for the same evidence. Those in
 * the instructions are examples and stand as they are.
 */
export async function hashRequest(
  asked: Asked,
  params: CallParams,
): Promise<{ hash: string; labels: EvidenceLabels }> {
  // Headers carry the key; the rest of what is left out does not decide the answer.
  const { abortSignal: _, headers: __, includeRawChunks: ___, prompt, ...deciding } = params;
  const system = prompt.filter(({ role }) => role === "system");
  const said: unknown = JSON.parse(canonicalJson(prompt.filter(({ role }) => role !== "system")));
  const labels = new EvidenceLabels(said);
  const frame = { schema: SCHEMA_VERSION, ...asked, params: deciding, system };
  const text = canonicalJson({ ...frame, said: labels.remove(said) });
  const bytes = new TextEncoder().encode(text);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0"));
  return { hash: hex.join(""), labels };
}

/** JSON whose objects have their keys in order, so that equal values are equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}
