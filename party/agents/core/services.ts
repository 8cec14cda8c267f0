import type { Analytics } from "../../ports/analytics";
import type { Clock } from "../../ports/clock";
import type { LanguageModelPort } from "../../ports/language-model";
import type { DatasetSummary } from "../../ports/thread-store";

/** The datasets a workspace can be asked about, newest first. */
export interface DatasetList {
  list(workspaceId: string): Promise<DatasetSummary[]>;
}

export interface ToolServices {
  analytics: Analytics;
  datasets: DatasetList;
  clock: Clock;
}

/** Everything the crew works with. `model` is null when none is configured: the rules do all the work. */
export interface CrewServices extends ToolServices {
  model: LanguageModelPort | null;
}
