import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { Database } from "lucide-react";
import { v7 as newId } from "uuid";
import { getServices, json } from "#platform";
import { listDatasets, listImports } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { DatasetTable } from "../datasets/dataset-table";
import { DemoButton } from "../datasets/demo-button";
import { ImportPanel } from "../datasets/import-panel";
import { ImportTable } from "../datasets/import-table";
import { readImport } from "../datasets/read-import.server";
import { EmptyState } from "../ui/empty-state";
import { RouteError } from "../ui/error-page";
import { Page } from "../ui/page";

export const meta: MetaFunction = () => [{ title: "Data · Netra" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const { db } = getServices();
  const [datasets, imports] = await Promise.all([
    listDatasets(db, { workspaceId: workspace.id, withCalls: true }),
    listImports(db, { workspaceId: workspace.id, limit: 20 }),
  ]);
  return json({
    datasets: datasets.map((dataset) => ({
      ...dataset,
      firstCallAt: dataset.firstCallAt?.toISOString() ?? null,
      lastCallAt: dataset.lastCallAt?.toISOString() ?? null,
      createdAt: dataset.createdAt.toISOString(),
    })),
    imports: imports.map(readImport).map(({ receipt: _, pricing: __, ...row }) => row),
    hasDemo: datasets.some((dataset) => dataset.source === "demo"),
    mayImport: role !== "viewer",
    /** Where the form without script sends its file. */
    formImportId: newId(),
  });
}

export default function Data() {
  const { datasets, imports, hasDemo, mayImport, formImportId } = useLoaderData<typeof loader>();
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
            <ImportPanel formImportId={formImportId} />
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
