/**
 * What a turn of the bench is to bring. It travels as the text of the message, over every way alike:
 * the model's server reads it, and the crew of the bench's rooms.
 */
export type Workload =
  | { kind: "stream"; tokens: number; everyMs: number }
  /** Steps of five events each, that stay in the log for good. */
  | { kind: "record"; steps: number };

export const EVENTS_PER_RECORDED_STEP = 5;

export function textOf(workload: Workload): string {
  switch (workload.kind) {
    case "stream":
      return `stream ${workload.tokens} tokens every ${workload.everyMs} ms`;
    case "record":
      return `record ${workload.steps} steps`;
  }
}

/** Null for any other text. */
export function workloadOf(text: string): Workload | null {
  const stream = /^stream (\d+) tokens every (\d+) ms$/.exec(text);
  if (stream) return { kind: "stream", tokens: Number(stream[1]), everyMs: Number(stream[2]) };
  const record = /^record (\d+) steps$/.exec(text);
  return record ? { kind: "record", steps: Number(record[1]) } : null;
}
