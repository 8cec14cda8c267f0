import type { Turn } from "../agents/core/crew";
import type { RoomStorage } from "../ports/room";
import { type Evidence, plainText, type ThreadEvent } from "../protocol";
import type { EventLog } from "./event-log";
import type { AskedQuestion, Questions } from "./questions";
import { endedKey } from "./storage-layout";

/** How many earlier questions of a branch a run is given. */
export const TURNS_MAX = 10;
/** Evidence of all turns together, characters of JSON: the newest turns come first. */
export const EVIDENCE_CHARACTERS_MAX = 512 * 1024;
/** How far the log is read for the turns, bytes of JSON: more only lies between branches far apart. */
const READ_BYTES_MAX = 8 * 1024 * 1024;
const READ_BYTES = 512 * 1024;

export interface HistoryParts {
  storage: RoomStorage;
  log: EventLog;
  questions: Questions;
}

interface OpenTurn {
  turn: Turn;
  evidence: Evidence[];
  /** Nothing more can be said of it. */
  isOver: boolean;
}

/**
 * What was asked and answered before a question, on the way that leads to it: nothing of another branch,
 * nothing that was withdrawn, oldest first. Read from the log when it is asked for, since most runs need none.
 */
export async function historyOf(
  messageId: string,
  { storage, log, questions }: HistoryParts,
): Promise<readonly Turn[]> {
  const asked = await questions.leadingTo(messageId, TURNS_MAX);
  const [oldest] = asked;
  if (!oldest) return [];
  const turns = new Map(asked.map((question) => [question.message.id, emptyTurn(question)]));
  const isOver = () => [...turns.values()].every((turn) => turn.isOver);
  for (let after = oldest.seq, read = 0; after < log.seq && !isOver() && read < READ_BYTES_MAX; ) {
    const events = await log.readAfter(after, READ_BYTES);
    for (const { event } of events) await tell(turns, event, storage);
    after = events.at(-1)?.seq ?? log.seq;
    read += READ_BYTES;
  }
  return withinBounds([...turns.values()]);
}

function emptyTurn({ message }: AskedQuestion): OpenTurn {
  const { id, text, at } = message;
  const turn: Turn = {
    messageId: id,
    question: plainText(text),
    at,
    runId: null,
    state: "open",
    answer: [],
    report: null,
    results: {},
    evidence: [],
  };
  return { turn, evidence: [], isOver: false };
}

async function tell(
  turns: Map<string, OpenTurn>,
  event: ThreadEvent,
  storage: RoomStorage,
): Promise<void> {
  switch (event.type) {
    case "message-withdrawn":
      turns.delete(event.messageId);
      return;
    case "run-started": {
      const open = turns.get(event.messageId);
      if (!open) return;
      // A retry starts anew; what the old run found is still evidence.
      const nothing = { answer: [], report: null, results: {} };
      open.turn = { ...open.turn, runId: event.runId, state: "open", ...nothing };
      return;
    }
    case "step-finished": {
      const open = event.result === undefined ? undefined : turnOf(turns, event.runId);
      if (!open) return;
      const results = { ...open.turn.results, [event.agent]: event.result };
      open.turn = { ...open.turn, results };
      return;
    }
    case "evidence-recorded":
      turnOf(turns, event.evidence.runId)?.evidence.push(event.evidence);
      return;
    case "message-added": {
      const open = turnOf(turns, event.message.runId);
      if (open) open.turn = { ...open.turn, answer: event.message.text };
      return;
    }
    case "report-written": {
      const open = turnOf(turns, event.report.runId);
      if (open) open.turn = { ...open.turn, report: event.report };
      return;
    }
    case "run-finished": {
      const open = turnOf(turns, event.runId);
      if (!open) return;
      open.turn = { ...open.turn, state: event.state };
      // Storage names the runs that may be retried, so one that it does not name was.
      open.isOver =
        event.state === "completed" || (await storage.get(endedKey(event.runId))) !== undefined;
    }
  }
}

function turnOf(turns: Map<string, OpenTurn>, runId: string | null): OpenTurn | undefined {
  if (runId === null) return undefined;
  return [...turns.values()].find(({ turn }) => turn.runId === runId);
}

/** Pure. Leaves out the oldest evidence where all of it is too much. */
function withinBounds(turns: readonly OpenTurn[]): Turn[] {
  let left = EVIDENCE_CHARACTERS_MAX;
  const kept = [...turns].reverse().map(({ turn, evidence }) => {
    const fits = evidence.toReversed().filter((one) => {
      left -= JSON.stringify(one).length;
      return left >= 0;
    });
    return { ...turn, evidence: fits.reverse() };
  });
  return kept.reverse();
}
