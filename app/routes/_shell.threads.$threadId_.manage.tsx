import { Link, type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { ArrowLeft } from "lucide-react";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import {
  createThreadShare,
  listThreadShares,
  renameThread,
  revokeThreadShare,
} from "../../db/postgres";
import { newToken, tokenHash } from "../auth/random-token";
import { requireMember } from "../auth/require-user.server";
import { changeThread } from "../chat/change-thread.server";
import { ArchivePart, DeletePart, ExportPart, RenamePart } from "../chat/manage-thread";
import { orderRoom, soon } from "../chat/order-room.server";
import { notFound, requireThread } from "../chat/require-thread.server";
import { SharePart } from "../chat/share-part";
import { isThreadChange, undoOf } from "../chat/thread-changes";
import { tidyTitle, titleProblem } from "../chat/thread-title";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `Manage ${data.title} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const { db } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const mayChange = role !== "viewer";
  const shares = mayChange
    ? await listThreadShares(db, { workspaceId: workspace.id, threadId: thread.id })
    : [];
  return json({
    id: thread.id,
    title: thread.title,
    archived: thread.archivedAt !== null,
    mayChange,
    shares: shares.map((share) => ({ ...share, createdAt: share.createdAt.toISOString() })),
  });
}

/** Everything that is done to a thread as a whole, by forms with and without script. */
export async function action({ request, params }: ActionFunctionArgs) {
  const { user, workspace } = await requireMember(request, { atLeast: "member" });
  const { threadId } = params;
  if (!threadId || !isUuid(threadId)) throw notFound();
  const services = getServices();
  const { db, config } = services;
  const place = { workspaceId: workspace.id, threadId };
  const form = await request.formData();
  const change = form.get("change");
  if (isThreadChange(change)) {
    if (!(await changeThread(db, place, change))) throw notFound();
    if (change === "delete" || change === "restore") await soon(orderRoom(services, place, "look"));
    return redirect(
      undoOf[change] ? `/threads?done=${change}&thread=${threadId}` : `/threads/${threadId}`,
    );
  }
  await requireThread(db, workspace.id, threadId);
  switch (change) {
    case "rename": {
      const title = tidyTitle(String(form.get("title") ?? ""));
      const problem = titleProblem(title);
      if (problem !== null) return json({ ...nothingDone, problem, title }, { status: 400 });
      await renameThread(db, { ...place, title });
      await soon(orderRoom(services, place, "look"));
      return redirect(`/threads/${threadId}`);
    }
    case "share": {
      const token = newToken();
      const share = { id: newId(), tokenHash: await tokenHash(token), createdBy: user.id };
      await createThreadShare(db, { ...place, ...share });
      const link = new URL(`/s/${token}`, config.APP_ORIGIN).href;
      return json({ ...nothingDone, link }, { headers: { "Cache-Control": "no-store" } });
    }
    case "revoke": {
      const shareId = form.get("share");
      if (isUuid(shareId)) await revokeThreadShare(db, { ...place, shareId: String(shareId) });
      return redirect(`/threads/${threadId}/manage`);
    }
    default:
      throw new Response("The form asked for nothing known.", { status: 400 });
  }
}

const nothingDone = {
  problem: null as string | null,
  title: null as string | null,
  link: null as string | null,
};

export default function ManageThread() {
  const { id, title, archived, mayChange, shares } = useLoaderData<typeof loader>();
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
        {mayChange ? (
          <>
            {" "}
            <RenamePart
              title={title}
              typed={outcome?.title ?? undefined}
              problem={outcome?.problem ?? undefined}
            />
            <SharePart shares={shares} made={outcome?.link ?? null} />
          </>
        ) : null}
        <ExportPart threadId={id} />
        {mayChange ? (
          <>
            {" "}
            <ArchivePart threadId={id} archived={archived} />
            <DeletePart threadId={id} />
          </>
        ) : null}
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
