import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { Database } from "lucide-react";
import { v7 as newId } from "uuid";
import { getServices, json } from "#platform";
import { listDatasets, listDeletedDatasets, listImports } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { DeletedDatasets } from "../datasets/dataset-parts";
import { DatasetTable } from "../datasets/dataset-table";
import { DemoButton } from "../datasets/demo-button";
import { ImportPanel } from "../datasets/import-panel";
import { ImportTable } from "../datasets/import-table";
import { readImport } from "../datasets/read-import.server";
import { mayChange } from "../insights/change-by-hand.server";
import { EmptyState } from "../ui/empty-state";
import { RouteError } from "../ui/error-page";
import { Page } from "../ui/page";

export const meta: MetaFunction = () => [{ title: "Data · Netra" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const { db } = getServices();
  const [datasets, deleted, imports] = await Promise.all([
    listDatasets(db, { workspaceId: workspace.id, withCalls: true }),
    listDeletedDatasets(db, { workspaceId: workspace.id }),
    listImports(db, { workspaceId: workspace.id, limit: 20 }),
  ]);
  return json({
    datasets: datasets.map(({ createdAt: _, removedBefore: __, ...dataset }) => ({
      ...dataset,
      firstCallAt: dataset.firstCallAt?.toISOString() ?? null,
      lastCallAt: dataset.lastCallAt?.toISOString() ?? null,
    })),
    deleted: deleted.map(({ id, name }) => ({ id, name })),
    mayChange: mayChange(role),
    changeId: newId(),
    imports: imports.map(readImport).map(({ receipt: _, pricing: __, ...row }) => row),
    hasDemo: datasets.some((dataset) => dataset.source === "demo"),
    mayImport: role !== "viewer",
    /** Where the form without script sends its file. */
    formImportId: newId(),
  });
}

export default function Data() {
  const { datasets, deleted, imports, hasDemo, mayImport, mayChange, ...ids } =
    useLoaderData<typeof loader>();
  return (
    <Page
      title="Data"
      lead="Call logs that the crew measures. Figures in a report name the dataset and version they saw."
    >
      <div className="grid gap-10">
        {mayImport ? (
          <section aria-labelledby="import-heading" className="grid gap-3">
            <h2 id="import-heading" className="text-sm font-semibold">
              Import a call log
            </h2>
            <ImportPanel formImportId={ids.formImportId} />
          </section>
        ) : null}

        <section aria-labelledby="datasets-heading" className="grid gap-3">
          <header className="flex min-h-8 items-center justify-between">
            <h2 id="datasets-heading" className="text-sm font-semibold">
              Datasets
            </h2>
            {mayImport && !hasDemo && datasets.length > 0 ? <DemoButton /> : null}
          </header>
          {datasets.length === 0 ? (
            <EmptyState
              icon={Database}
              title="No calls yet"
              action={mayImport ? <DemoButton prominent /> : null}
            >
              Import a CSV or JSON Lines log of language-model calls above, or look around with
              generated calls first.
            </EmptyState>
          ) : (
            <DatasetTable datasets={datasets} />
          )}
        </section>

        {deleted.length > 0 ? (
          <section aria-labelledby="deleted-heading" className="grid gap-3">
            <h2 id="deleted-heading" className="text-sm font-semibold">
              Deleted, and still to be restored
            </h2>
            <DeletedDatasets datasets={deleted} changeId={ids.changeId} mayChange={mayChange} />
          </section>
        ) : null}

        {imports.length > 0 ? (
          <section aria-labelledby="imports-heading" className="grid gap-3">
            <h2 id="imports-heading" className="text-sm font-semibold">
              Imports
            </h2>
            <ImportTable imports={imports} />
          </section>
        ) : null}
      </div>
    </Page>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
