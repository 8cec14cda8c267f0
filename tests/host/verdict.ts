import { expect } from "vitest";
import {
  type Database,
  listEvidence,
  listMessages,
  listRuns,
  listSteps,
  type ThreadPlace,
} from "../../db/postgres";
import { type NumberedEvent, plainText, type ThreadEventOf } from "../../party/protocol";
import { STEPS, wordsOf } from "./scripted-crew";

/** What people were shown of one scripted run in the middle of which the process died. */
export interface Shown {
  /** By whoever was there from the beginning, over all connections. */
  events: readonly NumberedEvent[];
  /** What of it had been shown when the process died. */
  beforeDeath: readonly NumberedEvent[];
  /** To somebody who came when all was over. */
  afterwards: readonly NumberedEvent[];
}

/** 0 tokens lost, 0 changed, 0 shown twice; every step finished once; the run completed. */
export function judgeRun({ events, beforeDeath, afterwards }: Shown): void {
  const seqs = events.map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  // Who was away when the run ended lacks pieces of text that were folded away, and nothing else.
  const left = new Set(afterwards.map(({ seq }) => seq));
  const lacking = Array.from({ length: seqs.at(-1) ?? 0 }, (_, index) => index + 1).filter(
    (seq) => !seqs.includes(seq),
  );
  expect(lacking.filter((seq) => left.has(seq))).toEqual([]);
  expect(events.slice(0, beforeDeath.length)).toEqual(beforeDeath);
  // Who comes later is shown the same, without the pieces of text if they are folded away.
  const later = new Map(afterwards.map((event) => [event.seq, event]));
  for (const event of events) {
    if (event.event.type !== "text-delta") expect(later.get(event.seq)).toEqual(event);
  }
  expect(afterwards.at(-1)?.seq).toBe(seqs.at(-1));
  expect(of(events, "run-started")).toHaveLength(1);
  expect(of(events, "run-finished")).toMatchObject([{ state: "completed" }]);
  const labels = of(events, "evidence-recorded").map(({ evidence }) => evidence.label);
  expect(labels).toEqual(labels.map((_, index) => `E${index + 1}`));
  const done = of(events, "step-finished");
  expect(done.map(({ summary }) => plainText(summary))).toEqual(
    Array.from({ length: STEPS }, (_, step) => `step ${step}`),
  );
  for (const [step, { stepId }] of done.entries()) {
    const pieces = of(events, "text-delta").filter((event) => event.stepId === stepId);
    const said = pieces.map(({ text }) => plainText(text)).join("");
    if (lacking.length === 0) expect(said).toBe(wordsOf(step).join(""));
    else expect(wordsOf(step).join("").slice(0, said.length)).toBe(said);
  }
  const [, answer, ...more] = of(events, "message-added");
  expect(more).toEqual([]);
  expect(plainText(answer?.message.text ?? [])).toBe(
    done.map((_, step) => wordsOf(step).join("")).join(""),
  );
}

/** Postgres holds what the room holds of a thread, no more and no less. */
export async function judgeRecord(
  db: Database,
  place: ThreadPlace,
  events: readonly NumberedEvent[],
): Promise<void> {
  const messages = await listMessages(db, place);
  expect(
    messages.map(({ seq, id, role, text, ending }) => ({ seq, id, role, text, ending })),
  ).toEqual(
    events.flatMap(({ seq, event }) => {
      if (event.type !== "message-added") return [];
      const { id, role, text, ending } = event.message;
      return [{ seq, id, role, text, ending }];
    }),
  );
  const ends = new Map(of(events, "run-finished").map((event) => [event.runId, event]));
  const runs = await listRuns(db, place);
  expect(
    runs.map(({ id, messageId, state, reason }) => ({ id, messageId, state, reason })),
  ).toEqual(
    of(events, "run-started").map(({ runId: id, messageId }) => {
      const { state = "running", reason = null } = ends.get(id) ?? {};
      return { id, messageId, state, reason };
    }),
  );
  const outcomes = new Map(of(events, "step-finished").map((event) => [event.stepId, event]));
  const steps = await listSteps(db, place);
  expect(byId(steps.map(({ id, state, summary }) => ({ id, state, summary })))).toEqual(
    byId(
      of(events, "step-started").map(({ stepId: id }) => {
        const end = outcomes.get(id);
        return { id, state: end?.outcome ?? "running", summary: end?.summary ?? null };
      }),
    ),
  );
  const evidence = await listEvidence(db, place);
  expect(byId(evidence.map(({ id, label, body }) => ({ id, label, body })))).toEqual(
    byId(
      of(events, "evidence-recorded").map(({ evidence: body }) => {
        return { id: body.id, label: body.label, body };
      }),
    ),
  );
}

export function of<Type extends NumberedEvent["event"]["type"]>(
  events: readonly NumberedEvent[],
  type: Type,
): ThreadEventOf<Type>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as ThreadEventOf<Type>] : []));
}

function byId<Row extends { id: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
