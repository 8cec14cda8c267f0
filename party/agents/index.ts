import type { RunCrew } from "./core/crew";
import { type Ending, runCrew } from "./core/run";
import type { CrewServices } from "./core/services";
import { type RunState, resultOf } from "./core/state";
import { agents } from "./registry";
import { reporting } from "./reporting";
import { supervisor } from "./supervisor";
import { chooseNext } from "./supervisor/choose-next";
import { takeOver } from "./supervisor/take-over";
import { titleOf } from "./supervisor/title";

export type { CrewOutput, CrewRequest, RunCrew } from "./core/crew";
export type { CrewServices, DatasetList } from "./core/services";

/** The crew over the given services. Without a model its rules do all the work. */
export function createCrew(services: CrewServices): RunCrew {
  return runCrew(
    {
      agents,
      choose: (state) => chooseNext(state, agents),
      takeOver,
      end: endOf,
    },
    services,
  );
}

function endOf(state: RunState): Ending {
  const reported = resultOf(state, reporting);
  const direct = resultOf(state, supervisor);
  const title = state.firstRun ? titleOf(state.message.text) : null;
  if (reported) {
    const report = { ...reported.report, figures: state.figures };
    return { answer: reported.answer, writer: reported.writer, report, title, choices: [] };
  }
  if (direct) return { ...direct, report: null, title };
  throw new Error("the run ended without an answer");
}
