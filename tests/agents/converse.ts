import type { Turn } from "../../party/agents/core/crew";
import { ask, requestOf, type Scene, type Told } from "./scene";

/** A turn as the room tells it to later runs, made of what a run said. */
export function turnOf(question: string, told: Told): Turn {
  const results = told.events.flatMap((event) =>
    event.type === "step-finished" && event.result !== undefined
      ? [[event.agent, event.result]]
      : [],
  );
  const started = told.events.find((event) => event.type === "run-started");
  if (started?.type !== "run-started" || !told.finished) throw new Error("the run has no frame");
  return {
    messageId: started.messageId,
    question,
    at: "2026-03-17T00:00:00.000Z",
    runId: started.runId,
    state: told.finished.state,
    answer: told.message?.text ?? [],
    report: told.report,
    // Through JSON, as through the room's log.
    results: JSON.parse(JSON.stringify(Object.fromEntries(results))),
    evidence: told.evidence,
  };
}

/**
 * Asks the questions of one thread in order; `scenes` says where a later one is asked. The evidence of each
 * answer is that of the whole thread, since an answer may cite what an earlier one found.
 */
export async function converse(
  questions: readonly string[],
  scenes: Scene | readonly Scene[] = {},
): Promise<Told[]> {
  const history: Turn[] = [];
  const all: Told[] = [];
  for (const [index, question] of questions.entries()) {
    const scene = Array.isArray(scenes) ? (scenes[index] ?? scenes.at(-1)) : scenes;
    const known = [...history];
    const evidence = all.at(-1)?.evidence ?? [];
    const request = requestOf(question, {
      nextEvidence: evidence.length + 1,
      firstRun: index === 0,
      history: async () => known,
    });
    const told = await ask(question, scene, { request });
    history.push(turnOf(question, told));
    all.push({ ...told, evidence: [...evidence, ...told.evidence] });
  }
  return all;
}

/** The last answer of a conversation. */
export async function lastOf(
  questions: readonly string[],
  scenes: Scene | readonly Scene[] = {},
): Promise<Told> {
  const told = (await converse(questions, scenes)).at(-1);
  if (!told) throw new Error("nothing was asked");
  return told;
}
