import type { RichText } from "../protocol";
import { joinParts } from "./coalesce";
import { eventsBetween } from "./compaction";
import type { EventLog } from "./event-log";
import type { RunRecord } from "./storage-layout";

/** Longest text that is made a message; a longer one stays in its pieces. */
const CHARACTERS_MAX = 250_000;

/** What a run has said since it was last taken up, or since its last message. */
export async function unfinishedText(log: EventLog, record: RunRecord): Promise<RichText> {
  const { runId, startedSeq } = record;
  if (startedSeq === null) return [];
  let text: RichText = [];
  let characters = 0;
  for await (const { event } of eventsBetween(log, startedSeq, log.seq)) {
    const isAnswer = event.type === "message-added" && event.message.runId === runId;
    if (event.type === "run-resumed" || isAnswer) {
      text = [];
      characters = 0;
    }
    if (event.type !== "text-delta" || event.runId !== runId) continue;
    text = joinParts(text, event.text);
    characters += JSON.stringify(event.text).length;
  }
  return characters > CHARACTERS_MAX ? [] : text;
}
