import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { downloadHeaders, markdownExport } from "../chat/export-thread.server";
import { requireThread } from "../chat/require-thread.server";
import { readThreadRecord } from "../chat/thread-record.server";

/** The thread as a Markdown file, for every member. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { db } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const record = await readThreadRecord(db, { workspaceId: workspace.id, threadId: thread.id });
  return new Response(markdownExport(thread, record), {
    headers: downloadHeaders(thread, { ending: "md", type: "text/markdown" }),
  });
}
