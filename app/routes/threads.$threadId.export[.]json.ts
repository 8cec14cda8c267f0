import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { downloadHeaders, exportOf } from "../chat/export-thread.server";
import { requireThread } from "../chat/require-thread.server";
import { readThreadRecord } from "../chat/thread-record.server";

/** The thread as a JSON file, for every member. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { db } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const record = await readThreadRecord(db, { workspaceId: workspace.id, threadId: thread.id });
  return new Response(`${JSON.stringify(exportOf(thread, record), null, 2)}\n`, {
    headers: downloadHeaders(thread, { ending: "json", type: "application/json" }),
  });
}
