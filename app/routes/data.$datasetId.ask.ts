import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid } from "uuid";
import { getServices, redirect } from "#platform";
import { findDataset } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { questionAbout } from "../chat/example-questions";

/** Leads to a new thread whose question is already written. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { datasetId } = params;
  const dataset =
    datasetId && isUuid(datasetId)
      ? await findDataset(getServices().db, { workspaceId: workspace.id, datasetId })
      : null;
  if (!dataset) throw new Response(null, { status: 404, statusText: "Not Found" });
  return redirect(`/threads?question=${encodeURIComponent(questionAbout(dataset.name))}`);
}
