import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid } from "uuid";
import { getServices, json, redirect } from "#platform";
import { ImportElsewhereError } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { drainedBody } from "../datasets/drained-body";
import { readImportRequest } from "../datasets/import-request";
import type { ImportView } from "../datasets/import-view";
import { readFormUpload } from "../datasets/multipart-upload.server";
import { readImport } from "../datasets/read-import.server";
import { ReceiptView } from "../datasets/receipt-view";
import { notFound, requireImport } from "../datasets/require-import.server";
import { runImport } from "../datasets/run-import.server";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.fileName} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const view: ImportView = readImport(await requireImport(workspace.id, params.importId));
  return json(view);
}

/**
 * Takes a file under an id that the client made: raw as the whole body with what to do in the address,
 * or as a form. Ends on the receipt, whatever the file held.
 */
export async function action({ request, params }: ActionFunctionArgs) {
  const { user, workspace } = await requireMember(request, { atLeast: "member" });
  const { importId } = params;
  if (!importId || !isUuid(importId)) throw notFound();
  const upload = await readUpload(request);
  if (!upload.ok) throw json(upload.problem, { status: 400 });
  const body = drainedBody(upload.body);
  try {
    await runImport(
      getServices(),
      { workspaceId: workspace.id, userId: user.id, importId, wanted: upload.request },
      body.stream,
    );
  } catch (error) {
    if (error instanceof ImportElsewhereError) throw notFound();
    throw error;
  } finally {
    await body.drain();
  }
  return redirect(`/data/imports/${importId}`, 303);
}

async function readUpload(request: Request) {
  const type = request.headers.get("Content-Type") ?? "";
  if (type.startsWith("multipart/form-data")) return readFormUpload(request);
  const read = readImportRequest(new URL(request.url).searchParams);
  if (!read.ok) return read;
  return { ok: true as const, request: read.wanted, body: request.body };
}

export default function Import() {
  // The loader's answer is JSON as it stands; Remix' own type loses the receipt's unions.
  const view = useLoaderData() as ImportView;
  return <ReceiptView view={view} />;
}

export function ErrorBoundary() {
  return <RouteError />;
}
