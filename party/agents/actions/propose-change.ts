import { z } from "zod";
import type { WorkspaceChanges } from "../../ports/changes";
import type { DatasetSummary } from "../../ports/thread-store";
import {
  type ApprovalField,
  type ApprovalRequest,
  type ChangeRefusal,
  choicesSchema,
  decidedValues,
  plainText,
  type RichText,
  type WorkspaceChange,
} from "../../protocol";
import { CALLS, cite, counted, rich } from "../core/figures";
import type { KeptEvidence } from "../core/state";
import type { StepContext } from "../core/step-context";
import { type MeantDataset, type StatedChange, statedChangeSchema } from "../triage/changes";
import { countStoredCalls } from "./change-tools";
import type { ChangeStanding } from "./result";

const DAY_MS = 86_400_000;
const USUAL_ALERT = 80;
const NAME_SHOWN = 80;
const CHOICES = 6;

/** A change as the message asks for it, with the features that it names, known and unknown to the log. */
export const askedChangeSchema = z.object({
  stated: statedChangeSchema,
  features: z.array(z.string()),
  unknownFeatures: z.array(z.string()),
});
type AskedChange = z.infer<typeof askedChangeSchema>;

/** What people are asked to approve; or why it cannot be done, which names the field. */
export async function proposeChange(
  asked: AskedChange,
  context: StepContext,
): Promise<ChangeStanding> {
  const { changes } = context.services;
  if (changes === null) {
    return refused("Change", "nothing can be changed from here: ask in a thread of the app");
  }
  switch (asked.stated.kind) {
    case "set-budget":
      return proposeBudget(asked.stated, asked, changes.rules);
    case "remove-budget": {
      const about = featureOf(asked);
      if ("field" in about) return refused(about.field, about.problem);
      return proposed(`the monthly budget of ${about.whose}`, {
        change: { kind: "remove-budget", feature: about.feature },
        title: `Remove the monthly budget of ${about.whose}.`,
        reason: "Nobody is told of its spend any more, and what was told about it goes.",
        fields: [],
        roles: changes.rules.roles,
      });
    }
    case "set-retention": {
      const dataset = await findMeant(asked.stated.dataset, context);
      if ("state" in dataset) return dataset;
      return proposeRetention(dataset, asked.stated.days, { context, changes });
    }
    case "delete-dataset": {
      const dataset = await findMeant(asked.stated.dataset, context);
      if ("state" in dataset) return dataset;
      return proposeDeletion(dataset, { context, changes });
    }
  }
}

function proposeBudget(
  { usd, otherMoney, alertPercent }: Extract<StatedChange, { kind: "set-budget" }>,
  asked: AskedChange,
  rules: WorkspaceChanges["rules"],
): ChangeStanding {
  const about = featureOf(asked);
  if ("field" in about) return refused(about.field, about.problem);
  if (otherMoney) return refused("Budget", "must be an amount of USD, as the prices of calls are");
  if (usd === null) return refused("Budget", "say how many USD a month, as in: 500 USD a month");
  const alert = alertPercent ?? USUAL_ALERT;
  return proposed(`the monthly budget of ${about.whose}`, {
    change: { kind: "set-budget", feature: about.feature, amountUsd: usd, alertPercent: alert },
    title: `Set the monthly budget of ${about.whose}.`,
    reason:
      "The calls of each calendar month (UTC) are compared with it, after every import and from time to time. Everybody of the workspace is told when they reach the alert's share and when the budget is used up. No call is blocked.",
    fields: [
      {
        kind: "number",
        name: "amountUsd",
        label: "Budget",
        unit: "USD a month",
        value: usd,
        ...rules.amountUsd,
      },
      {
        kind: "number",
        name: "alertPercent",
        label: "Alert at",
        unit: "% of it",
        value: alert,
        whole: true,
        ...rules.alertPercent,
      },
    ],
    roles: rules.roles,
  });
}

interface Means {
  context: StepContext;
  changes: WorkspaceChanges;
}

async function proposeRetention(
  dataset: DatasetSummary,
  days: number | "for-good" | null,
  { context, changes }: Means,
): Promise<ChangeStanding> {
  const subject = `the calls of ${shown(dataset.name)}`;
  const about = { kind: "set-retention", datasetId: dataset.id } as const;
  const { roles } = changes.rules;
  if (days === null) return refused("Days", "say for how many days, as in: keep it for 30 days");
  if (days === "for-good") {
    return proposed(subject, {
      change: { ...about, days: null },
      title: `Keep ${subject} for good.`,
      reason: "No call goes by its age any more. Calls that have gone do not come back.",
      fields: [],
      roles,
    });
  }
  const field: ApprovalField = {
    kind: "number",
    name: "days",
    label: "Days",
    unit: "days",
    value: days,
    whole: true,
    ...changes.rules.days,
  };
  const valid = decidedValues({ fields: [field] }, "approve");
  if (!valid.ok) return refused(valid.field, valid.problem);
  const now = context.services.clock.now();
  const before = now - (now % DAY_MS) - days * DAY_MS;
  const isAll = dataset.lastCallAt !== null && dataset.lastCallAt < before;
  const { evidence } = await context.use(countStoredCalls, { dataset: keyOf(dataset), before });
  const goes = !evidence
    ? []
    : isAll
      ? rich`With the proposed days all ${counted(evidence, "calls", CALLS)} would go at once, for they are older: the dataset would be empty.`
      : rich`With the proposed days ${counted(evidence, "calls", CALLS)} that cost ${cite(evidence, "spend")} would go at once.`;
  return proposed(subject, {
    change: { ...about, days },
    title: `Set how long ${subject} are kept.`,
    reason: `Calls that are older, counted in whole days (UTC) back from today, are removed for good from then on. Figures and reports that rest on them stay as they are; asked again they say what changed. ${withReceipt(goes, evidence)}`,
    fields: [field],
    roles,
  });
}

async function proposeDeletion(
  dataset: DatasetSummary,
  { context, changes }: Means,
): Promise<ChangeStanding> {
  const subject = `the dataset ${shown(dataset.name)}`;
  const { evidence } = await context.use(countStoredCalls, {
    dataset: keyOf(dataset),
    before: null,
  });
  const goes = evidence
    ? rich`It holds ${counted(evidence, "calls", CALLS)} that cost ${cite(evidence, "spend")}.`
    : [];
  return proposed(subject, {
    change: { kind: "delete-dataset", datasetId: dataset.id },
    title: `Delete ${subject}.`,
    reason: `${withReceipt(goes, evidence)} It is gone from every page and question at once; for ${changes.restorableDays} days it can be restored on the data page, then its calls are removed for good. Reports that rest on it stay.`,
    fields: [],
    roles: changes.rules.roles,
  });
}

/** The one dataset that is meant, as it is now. Never a guess: what changes or removes data names it, or it is the only one. */
async function findMeant(
  { candidates, said }: MeantDataset,
  context: StepContext,
): Promise<DatasetSummary | ChangeStanding> {
  const all = await context.services.datasets.list(context.state.workspaceId);
  const meant = all.filter(({ id }) => candidates.some((one) => one.id === id));
  const [first] = meant;
  if (first && meant.length === 1) return first;
  const names = all.map(({ name }) => shown(name)).join(", ");
  if (all.length === 0) return refused("Dataset", "this workspace has none");
  if (meant.length === 0) {
    const what = said === null ? "that dataset" : `“${shown(said)}”`;
    return refused("Dataset", `this workspace has no ${what}; it has ${names}`);
  }
  const { text } = context.state.message;
  const choices = choicesSchema.safeParse(
    meant.slice(0, CHOICES).map(({ name }) => ({
      label: name.slice(0, 60),
      text: `${text.slice(0, 200)} "${name.slice(0, 90)}"`,
    })),
  );
  return {
    ...refused("Dataset", `say which one: ${meant.map(({ name }) => shown(name)).join(", ")}`),
    choices: choices.success ? choices.data : [],
  };
}

/** Whose spend a budget is about: one feature's, or everybody's. */
function featureOf({
  features,
  unknownFeatures,
}: AskedChange): { feature: string; whose: string } | ChangeRefusal {
  const [unknown] = unknownFeatures;
  if (unknown !== undefined) {
    return { field: "Feature", problem: `the log has no calls of “${shown(unknown)}”` };
  }
  if (features.length > 1) return { field: "Feature", problem: "name one feature at a time" };
  const [feature = ""] = features;
  return { feature, whose: feature === "" ? "the workspace" : shown(feature) };
}

function proposed(
  subject: string,
  { change, ...request }: { change: WorkspaceChange } & Omit<ApprovalRequest, "id">,
): ChangeStanding {
  const valid = decidedValues(request, "approve");
  return valid.ok
    ? { state: "proposed", subject, change, request }
    : refused(valid.field, valid.problem);
}

function refused(field: string, problem: string): Extract<ChangeStanding, { state: "refused" }> {
  return { state: "refused", refusal: { field, problem }, choices: [] };
}

/** The words of a request have no links: the receipt is named behind them. */
function withReceipt(text: RichText, evidence: KeptEvidence | null): string {
  return evidence ? `${plainText(text)} (${evidence.label})` : "";
}

const keyOf = ({ id, name, version }: DatasetSummary) => ({ id, name, version });

/** Names come from files and logs: on one line, and not longer than a title bears. */
function shown(name: string): string {
  const line = name.replace(/\s+/g, " ").trim();
  return line.length <= NAME_SHOWN ? line : `${line.slice(0, NAME_SHOWN - 1)}…`;
}
