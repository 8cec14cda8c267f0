import { modelUseOf, modelUseWords } from "./model-use";
import type { RunView } from "./thread-state";

/** What a run took of the language model, and what the cache of answers spared it. */
export function ModelUseLine({ run }: { run: RunView }) {
  const words =
    run.model === null && run.modelCalls.length === 0
      ? ["no model used", "0 calls"]
      : modelUseWords(modelUseOf(run.modelCalls));
  return (
    <p className="border-t border-line px-4 py-2 text-xs leading-5 break-words text-ink-3">
      <span className="sr-only">Use of the language model: </span>
      {words.join(" · ")}
    </p>
  );
}
