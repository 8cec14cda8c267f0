import { Link, type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { ArrowLeft } from "lucide-react";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { findDataset, RESTORABLE_DAYS } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { DeleteDatasetPart, RetentionPart } from "../datasets/dataset-parts";
import { notFound } from "../datasets/require-import.server";
import { countOldCalls } from "../datasets/retention-standing.server";
import { changeByHand, mayChange, numberIn } from "../insights/change-by-hand.server";
import { Receipt } from "../insights/receipt";
import { Banner } from "../ui/banner";
import { ButtonLink } from "../ui/button";
import { Card } from "../ui/card";
import { RouteError } from "../ui/error-page";
import { plural } from "../ui/format-count";
import { formatDay } from "../ui/relative-time";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.name} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const services = getServices();
  const datasetId = datasetIdOf(params);
  const workspaceId = workspace.id;
  const dataset = await findDataset(services.db, { workspaceId, datasetId });
  if (!dataset) throw notFound();
  const { id, name, calls, version, retentionDays, removedCalls, removedBefore } = dataset;
  const old =
    retentionDays === null
      ? null
      : await countOldCalls(services, { workspaceId, dataset, days: retentionDays });
  return json({
    ...{ id, name, calls, version, retentionDays, removedCalls, old },
    removedBefore: removedBefore?.toISOString() ?? null,
    mayChange: mayChange(role),
    restorableDays: RESTORABLE_DAYS,
    changeId: newId(),
  });
}

/** What is done to a dataset as a whole, by forms with and without script. */
export async function action({ request, params }: ActionFunctionArgs) {
  const member = await requireMember(request);
  const datasetId = datasetIdOf(params);
  const form = await request.formData();
  switch (form.get("change")) {
    case "retention": {
      const days = form.get("days") === "" ? null : numberIn(form, "days");
      const change = { kind: "set-retention", datasetId, days } as const;
      const problem = await changeByHand(member, form, change);
      return problem === null
        ? redirect(`/data/${datasetId}`)
        : json({ days: problem, other: null }, { status: 400 });
    }
    case "delete":
    case "restore": {
      const kind = form.get("change") === "delete" ? "delete-dataset" : "restore-dataset";
      const problem = await changeByHand(member, form, { kind, datasetId });
      return problem === null
        ? redirect("/data")
        : json({ days: null, other: problem }, { status: 400 });
    }
    default:
      throw new Response("The form asked for nothing known.", { status: 400 });
  }
}

function datasetIdOf({ datasetId }: { datasetId?: string }): string {
  if (!datasetId || !isUuid(datasetId)) throw notFound();
  return datasetId;
}

export default function DatasetPage() {
  const dataset = useLoaderData<typeof loader>();
  const problems = useActionData<typeof action>();
  const { id, name, calls, version, retentionDays, mayChange, changeId } = dataset;
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-8 sm:py-10">
      <Link
        to="/data"
        className="inline-flex min-h-8 max-w-full items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
        Data
      </Link>
      <div className="mt-2 mb-4 flex flex-wrap items-start justify-between gap-3">
        <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">
          <bdi>{name}</bdi>
        </h1>
        <ButtonLink to={`/data/${id}/ask`} size="small">
          Ask
        </ButtonLink>
      </div>
      <div className="grid gap-3">
        {problems?.other ? <Banner tone="danger">{problems.other}</Banner> : null}
        <Card className="grid gap-2 p-4 text-sm">
          <p>
            {plural(calls, "call")}, version {version}.{" "}
            {retentionDays === null
              ? "Calls are kept for good."
              : `Calls are kept for ${plural(retentionDays, "day")}.`}
          </p>
          <WhatGoes dataset={dataset} />
        </Card>
        {mayChange ? (
          <>
            {" "}
            <RetentionPart
              changeId={changeId}
              days={retentionDays}
              problem={problems?.days ?? undefined}
            />
            <DeleteDatasetPart changeId={changeId} restorableDays={dataset.restorableDays} />
          </>
        ) : (
          <p className="text-[0.8125rem] text-ink-3">
            Owners and admins set how long calls are kept, and delete datasets.
          </p>
        )}
      </div>
    </div>
  );
}

function WhatGoes({ dataset }: { dataset: ReturnType<typeof useLoaderData<typeof loader>> }) {
  const { old, removedCalls, removedBefore, retentionDays } = dataset;
  return (
    <>
      {removedCalls > 0 && removedBefore ? (
        <p className="text-ink-2">
          {plural(removedCalls, "call has", "calls have")} gone by age so far; none from before{" "}
          {formatDay(removedBefore)} is left.
        </p>
      ) : null}
      {retentionDays !== null && old === null ? (
        <p className="text-warn">How many calls go next cannot be counted now.</p>
      ) : null}
      {old && old.calls > 0 ? (
        <p className="text-warn">
          {plural(old.calls, "call is", "calls are")} older already and will go with the next
          housekeeping, within the hour.
        </p>
      ) : null}
      {old ? <Receipt draft={old.receipt} /> : null}
    </>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
