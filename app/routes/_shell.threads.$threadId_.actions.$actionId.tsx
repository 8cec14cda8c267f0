import { type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid } from "uuid";
import { getServices, json, redirect } from "#platform";
import { findAction, markActionDone } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { notFound, requireThread } from "../chat/require-thread.server";
import { ActionPage, type TrackedAction } from "../insights/action-page";
import { storedVerificationSchema } from "../insights/action-verification";
import {
  acceptReportAction,
  findReportAction,
  verifyAcceptedAction,
} from "../insights/track-action.server";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.title} · Netra` : "Not found · Netra" },
];

/** An action of the thread's report, what it promised and what came of it. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const { thread, place, proposed, accepted } = await find(workspace.id, params);
  const { saving, savingLow, savingHigh, title } = proposed.action;
  const range = savingLow && savingHigh ? ` (${savingLow.text} to ${savingHigh.text})` : "";
  const facts: TrackedAction = {
    thread: { address: `/threads/${place.threadId}`, title: thread.title },
    title,
    state: accepted?.state ?? "proposed",
    promised: saving ? `${saving.text}${range} over the calls of ${saving.evidence}` : null,
    acceptedBy: accepted?.acceptedBy ?? null,
    acceptedAt: accepted?.acceptedAt.toISOString() ?? null,
    doneAt: accepted?.doneAt?.toISOString() ?? null,
    verifiedAt: accepted?.verifiedAt?.toISOString() ?? null,
    verification: accepted?.verification
      ? storedVerificationSchema.parse(accepted.verification)
      : null,
    mayChange: role !== "viewer",
  };
  return json(facts);
}

/** Accepting or marking twice changes nothing; verifying again replaces the outcome. */
export async function action({ request, params }: ActionFunctionArgs) {
  const { user, workspace } = await requireMember(request, { atLeast: "member" });
  const services = getServices();
  const { place, proposed, accepted } = await find(workspace.id, params);
  const change = (await request.formData()).get("change");
  const refuse = (problem: string) => json({ problem }, { status: 409 });
  switch (change) {
    case "accept": {
      const problem = await acceptReportAction(services.db, place, proposed, user.id);
      if (problem !== null) return refuse(problem);
      break;
    }
    case "done": {
      if (!accepted) return refuse("Accept the action first.");
      await markActionDone(services.db, place);
      break;
    }
    case "verify": {
      const doneAt = accepted?.doneAt;
      if (!accepted || !doneAt) return refuse("Mark the action as done first.");
      const problem = await verifyAcceptedAction(services, place, { ...accepted, doneAt }, request);
      if (problem !== null) return json({ problem }, { status: 503 });
      break;
    }
    default:
      throw new Response("The form asked for nothing known.", { status: 400 });
  }
  return redirect(`/threads/${place.threadId}/actions/${place.actionId}`);
}

async function find(workspaceId: string, params: LoaderFunctionArgs["params"]) {
  const { db } = getServices();
  const thread = await requireThread(db, workspaceId, params.threadId);
  const actionId = params.actionId ?? "";
  if (!isUuid(actionId)) throw notFound();
  const place = { workspaceId, threadId: thread.id, actionId };
  const [proposed, accepted] = await Promise.all([
    findReportAction(db, place, actionId),
    findAction(db, place),
  ]);
  if (!proposed) throw notFound();
  return { thread, place, proposed, accepted };
}

export default function TrackedActionPage() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  const tracked = useLoaderData() as TrackedAction;
  const refused = useActionData<typeof action>();
  return <ActionPage tracked={tracked} problem={refused?.problem ?? null} />;
}

export function ErrorBoundary() {
  return <RouteError />;
}
