import type { CallSource } from "../../analysis/source";
import type { Analytics } from "../../ports/analytics";
import type { WorkspaceChanges } from "../../ports/changes";
import type { Clock } from "../../ports/clock";
import type { AnswerReuse, LanguageModelPort } from "../../ports/language-model";
import type { DatasetSummary } from "../../ports/thread-store";
import type { Ceilings } from "./ceilings";
import type { Turn } from "./crew";

/** The datasets a workspace can be asked about, newest first. */
export interface DatasetList {
  list(workspaceId: string): Promise<DatasetSummary[]>;
}

/** What tools get: the questions that the crew's analyses ask, and no way around them. */
export interface ToolServices {
  analytics: CallSource;
  datasets: DatasetList;
  clock: Clock;
}

/** What a step works with: the store's answers are remembered for the length of the run. */
export interface StepServices extends ToolServices {
  model: LanguageModelPort | null;
  /** Whether earlier answers of the model may serve. */
  answers: AnswerReuse["mode"];
  changes: WorkspaceChanges | null;
  /** What was asked and answered before on this branch of the thread, oldest first; read once a run. */
  history: () => Promise<readonly Turn[]>;
  ceilings: Ceilings;
}

/** Everything the crew works with. `model` is null when none is configured: the rules do all the work. */
export interface CrewServices extends ToolServices {
  analytics: Analytics;
  model: LanguageModelPort | null;
  /** What people can have changed; absent where nothing can be, as in a terminal. */
  changes?: WorkspaceChanges;
  /** What a run may use at most; `defaultCeilings` when absent. */
  ceilings?: Ceilings;
}
