import type { z } from "zod";
import { questionOf } from "../../analysis/ask-again";
import type { Analysed } from "../../analysis/results";
import type { CallSource, Scope } from "../../analysis/source";
import type { RichText } from "../../protocol";
import type { KeptEvidence } from "../core/state";
import { resultOf } from "../core/state";
import type { Tool } from "../core/tool";
import { triage } from "../triage";
import { scopeOf } from "../triage/scope";

interface AnalysisTool<Params, Result> {
  name: string;
  title(params: Params): string;
  description: string;
  input: z.ZodType<Params>;
  analyse(
    source: CallSource,
    scope: Scope,
    params: Params,
    signal: AbortSignal,
  ): Promise<Analysed<Result>>;
  summarise(result: Result, evidence: KeptEvidence): RichText;
}

/** A tool that asks the analysis about the calls that triage chose; a model cannot widen that scope. */
export function analysisTool<Params, Result>(
  about: AnalysisTool<Params, Result>,
): Tool<Params, Result> {
  return {
    name: about.name,
    title: (params) => about.title(params),
    description: about.description,
    input: about.input,
    effect: "read",
    async run(params, { analytics, state, signal }) {
      const understood = resultOf(state, triage);
      if (!understood) throw new Error("triage has not run");
      const scope = scopeOf(state, understood);
      const { draft, result } = await about.analyse(analytics, scope, params, signal);
      const question = questionOf(scope, about.name, params);
      return { draft: { ...draft, question }, result };
    },
    summarise: (result, evidence) => (evidence ? about.summarise(result, evidence) : []),
  };
}
