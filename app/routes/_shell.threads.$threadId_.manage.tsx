import { Link, type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { ArrowLeft } from "lucide-react";
import { validate as isUuid } from "uuid";
import { getServices, json, redirect } from "#platform";
import { renameThread } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { changeThread } from "../chat/change-thread.server";
import { ArchivePart, DeletePart, RenamePart } from "../chat/manage-thread";
import { notFound, requireThread } from "../chat/require-thread.server";
import { isThreadChange, undoOf } from "../chat/thread-changes";
import { tidyTitle, titleProblem } from "../chat/thread-title";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Manage ${data.title} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request, { atLeast: "member" });
  const thread = await requireThread(getServices().db, workspace.id, params.threadId);
  return json({ id: thread.id, title: thread.title, archived: thread.archivedAt !== null });
}

/** Everything that is done to a thread as a whole, by forms with and without script. */
export async function action({ request, params }: ActionFunctionArgs) {
  const { workspace } = await requireMember(request, { atLeast: "member" });
  const { threadId } = params;
  if (!threadId || !isUuid(threadId)) throw notFound();
  const { db } = getServices();
  const place = { workspaceId: workspace.id, threadId };
  const form = await request.formData();
  const change = form.get("change");
  if (isThreadChange(change)) {
    if (!(await changeThread(db, place, change))) throw notFound();
    return redirect(
      undoOf[change] ? `/threads?done=${change}&thread=${threadId}` : `/threads/${threadId}`,
    );
  }
  const title = tidyTitle(String(form.get("title") ?? ""));
  await requireThread(db, workspace.id, threadId);
  const problem = titleProblem(title);
  if (change !== "rename") return json({ problem: "Nothing to do", title }, { status: 400 });
  if (problem !== null) return json({ problem, title }, { status: 400 });
  if (!(await renameThread(db, { ...place, title }))) throw notFound();
  return redirect(`/threads/${threadId}`);
}

export default function ManageThread() {
  const { id, title, archived } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-8 sm:py-10">
      <Link
        to={`/threads/${id}`}
        className="inline-flex min-h-8 max-w-full items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
        <bdi className="truncate">{title}</bdi>
      </Link>
      <h1 className="mt-2 mb-4 text-xl font-semibold tracking-tight">Manage this thread</h1>
      <div className="grid gap-3">
        <RenamePart title={title} typed={outcome?.title} problem={outcome?.problem} />
        <ArchivePart threadId={id} archived={archived} />
        <DeletePart threadId={id} />
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
