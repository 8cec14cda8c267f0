import { z } from "zod";
import { modelCallSchema } from "../../protocol";
import type { EvidenceLabels } from "./evidence-labels";
import type { CallUsage, Generated, StreamPart } from "./sdk-types";

/** A model's answer as it is kept: what was said and which tools it called, and what that used. */
const keptAnswerSchema = z.object({
  content: z
    .array(
      z.discriminatedUnion("type", [
        z.object({ type: z.literal("text"), text: z.string() }),
        z.object({
          type: z.literal("tool-call"),
          toolCallId: z.string(),
          toolName: z.string(),
          input: z.string(),
        }),
      ]),
    )
    .min(1),
  finish: z.enum(["stop", "tool-calls"]),
  usage: modelCallSchema.shape.usage,
});
export type KeptAnswer = z.infer<typeof keptAnswerSchema>;

/** Larger answers are not kept, characters. */
const MOST_CHARACTERS = 200_000;
/** Text comes back in pieces of this size, characters, so that readers see it grow. */
const PIECE = 80;

/** Gathers the parts of a streamed answer into one to keep; null when it did not end well or holds what is not kept. */
export class AnswerGatherer {
  private readonly content: KeptAnswer["content"] = [];
  private open: { type: "text"; text: string } | null = null;
  private finish: KeptAnswer["finish"] | null = null;
  private usage: KeptAnswer["usage"] | null = null;
  private keepable = true;

  take(part: StreamPart): void {
    switch (part.type) {
      case "text-start":
        this.open = { type: "text", text: "" };
        this.content.push(this.open);
        return;
      case "text-delta":
        if (this.open) this.open.text += part.delta;
        else this.keepable = false;
        return;
      case "tool-call": {
        const { toolCallId, toolName, input } = part;
        this.content.push({ type: "tool-call", toolCallId, toolName, input });
        return;
      }
      case "finish": {
        const { unified } = part.finishReason;
        if (unified === "stop" || unified === "tool-calls") this.finish = unified;
        this.usage = usageOf(part.usage);
        return;
      }
      case "text-end":
      case "tool-input-start":
      case "tool-input-delta":
      case "tool-input-end":
      case "stream-start":
      case "response-metadata":
      case "raw":
        return;
      default:
        this.keepable = false;
    }
  }

  get answer(): KeptAnswer | null {
    if (!this.keepable || this.finish === null) return null;
    return { content: this.content, finish: this.finish, usage: this.usage };
  }
}

/** As `AnswerGatherer`, for an answer that came as a whole. */
export function gather(generated: Generated): KeptAnswer | null {
  const finish = generated.finishReason.unified;
  if (finish !== "stop" && finish !== "tool-calls") return null;
  const content: KeptAnswer["content"] = [];
  for (const part of generated.content) {
    if (part.type === "text") content.push({ type: "text", text: part.text });
    else if (part.type === "tool-call") {
      const { toolCallId, toolName, input } = part;
      content.push({ type: "tool-call", toolCallId, toolName, input });
    } else return null;
  }
  return { content, finish, usage: usageOf(generated.usage) };
}

export function textOf({ content }: KeptAnswer): string {
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** The answer to lay down; null where another request could not be given it, or it is too large. */
export function withoutLabels(answer: KeptAnswer, labels: EvidenceLabels): KeptAnswer | null {
  const size = JSON.stringify(answer.content).length;
  if (size > MOST_CHARACTERS || answer.content.length === 0) return null;
  return labels.namesOther(answer.content) ? null : labels.remove(answer);
}

/** What was laid down, with the labels of this request; null when it cannot be read. */
export function readKept(value: unknown, labels: EvidenceLabels): KeptAnswer | null {
  const parsed = keptAnswerSchema.safeParse(value);
  return parsed.success ? labels.restore(parsed.data) : null;
}

/** The parts of a stream that says it again. Nothing is used by it. */
export function toParts({ content, finish }: KeptAnswer): StreamPart[] {
  const said = content.flatMap((part, index): StreamPart[] => {
    const id = String(index);
    if (part.type === "tool-call") {
      const { toolCallId, toolName, input } = part;
      return [
        { type: "tool-input-start", id: toolCallId, toolName },
        { type: "tool-input-delta", id: toolCallId, delta: input },
        { type: "tool-input-end", id: toolCallId },
        { type: "tool-call", toolCallId, toolName, input },
      ];
    }
    const deltas: StreamPart[] = [];
    for (let at = 0; at < part.text.length; at += PIECE) {
      deltas.push({ type: "text-delta", id, delta: part.text.slice(at, at + PIECE) });
    }
    return [{ type: "text-start", id }, ...deltas, { type: "text-end", id }];
  });
  return [
    { type: "stream-start", warnings: [] },
    ...said,
    { type: "finish", finishReason: { unified: finish, raw: finish }, usage: noUsage },
  ];
}

/** The same as a whole. */
export function toGenerated({ content, finish }: KeptAnswer): Generated {
  return {
    content: [...content],
    finishReason: { unified: finish, raw: finish },
    usage: noUsage,
    warnings: [],
  };
}

const noUsage: CallUsage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/** What an endpoint said of the tokens; null where it said nothing, or what no count of tokens is. */
export function usageOf({ inputTokens, outputTokens }: CallUsage): KeptAnswer["usage"] {
  const said = modelCallSchema.shape.usage.safeParse({
    inputTokens: inputTokens.total,
    cachedInputTokens: inputTokens.cacheRead ?? 0,
    outputTokens: outputTokens.total,
  });
  return said.success ? said.data : null;
}
