import { z } from "zod";
import { askBreakdown } from "../../analysis/profile-questions";
import type { CallSource, Scope } from "../../analysis/source";
import type { DatasetSummary } from "../../ports/thread-store";
import { evidenceValueSchema } from "../../protocol";
import { cite, join, rich } from "../core/figures";
import type { Tool } from "../core/tool";
import type { KnownNames } from "./names";

const MOST_NAMES = 200;

export const listDatasets: Tool<Record<string, never>, DatasetSummary[]> = {
  name: "list_datasets",
  title: () => "Datasets of the workspace",
  description: "Lists the datasets that hold calls, newest first, with the time they span.",
  input: z.strictObject({}),
  effect: "read",
  async run(_input, context) {
    const datasets = await context.datasets.list(context.state.workspaceId);
    return { draft: null, result: datasets.filter(({ calls }) => calls > 0) };
  },
  summarise(datasets) {
    const [first] = datasets;
    if (!first) return ["No dataset holds calls yet."];
    return datasets.length === 1
      ? [`One dataset: ${first.name}.`]
      : [`Newest first: ${datasets.map(({ name }) => name).join(", ")}.`];
  },
};

const namesInput = z.object({
  datasets: z.array(z.object({ id: z.string(), name: z.string(), version: z.number().int() })),
});

export const listNames: Tool<z.infer<typeof namesInput>, KnownNames> = {
  name: "list_names",
  title: () => "Models and features in the log",
  description: "Lists the names of models, features and providers that occur in the datasets.",
  input: namesInput,
  effect: "read",
  async run({ datasets }, { analytics, state, signal }) {
    const scope: Scope = {
      workspaceId: state.workspaceId,
      datasets,
      from: null,
      to: null,
      filters: {},
    };
    const [models, features, providers] = await Promise.all(
      (["model", "feature", "provider"] as const).map((by) => names(analytics, scope, by, signal)),
    );
    return {
      draft: null,
      result: {
        models: [...new Set((models ?? []).map((name) => bareModel(name, providers ?? [])))],
        features: features ?? [],
        providers: providers ?? [],
      },
    };
  },
  summarise({ models, features }) {
    const listed = (names: readonly string[]) =>
      names.length <= 6 ? names.join(", ") : `${names.slice(0, 6).join(", ")} and more`;
    const parts = [models.length > 0 ? `Models: ${listed(models)}.` : "No model is named."];
    parts.push(
      features.length > 0 ? ` Features: ${listed(features)}.` : " The log names no features.",
    );
    return [parts.join("")];
  },
};

/** The breakdown names models `provider/model`; filters want the model as the log has it. */
function bareModel(name: string, providers: readonly string[]): string {
  const provider = providers.find((one) => name.startsWith(`${one}/`));
  return provider === undefined ? name : name.slice(provider.length + 1);
}

async function names(
  analytics: CallSource,
  scope: Scope,
  by: "model" | "feature" | "provider",
  signal: AbortSignal,
): Promise<string[]> {
  const answer = await askBreakdown(analytics, scope, { by, limit: MOST_NAMES }, signal);
  return answer.rows.filter((row) => !row.others && row.segment !== "").map((row) => row.segment);
}

const statedInput = z.object({ values: z.array(evidenceValueSchema).min(1) });

export const noteStated: Tool<z.infer<typeof statedInput>, { count: number }> = {
  name: "note_stated",
  title: () => "What you asked for",
  description:
    "Records the bounds and the time range that the user stated, so that they can be cited.",
  input: statedInput,
  effect: "read",
  async run({ values }) {
    return {
      draft: {
        tool: "note_stated",
        what: "Bounds and time range as the message states them.",
        ground: "stated",
        formula: null,
        sql: null,
        parameters: {},
        rowsRead: null,
        elapsedMs: 0,
        catalogueVersion: "",
        datasets: [],
        assumptions: [],
        segmentLabel: null,
        values,
      },
      result: { count: values.length },
    };
  },
  summarise(_result, evidence) {
    if (!evidence) return [];
    return join(
      evidence.values.map(
        (value) => rich`${value.label}: ${cite(evidence, value.key, value.segment, "exact")}`,
      ),
      "; ",
    );
  },
};
