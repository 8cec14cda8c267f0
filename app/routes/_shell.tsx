import { Outlet, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json } from "#platform";
import { listThreads } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { AppShell } from "../ui/app-shell";
import { RouteError } from "../ui/error-page";
import { ServerNowProvider } from "../ui/relative-time";
import { readTheme } from "../ui/theme";

const RECENT = 30;

export async function loader({ request }: LoaderFunctionArgs) {
  const { user, workspace } = await requireMember(request);
  const { db } = getServices();
  const { threads } = await listThreads(db, { workspaceId: workspace.id, limit: RECENT });
  return json({
    now: Date.now(),
    facts: {
      workspaceName: workspace.name,
      userName: user.name,
      theme: readTheme(request.headers.get("Cookie")),
      recent: threads.map(({ id, title, runState }) => ({
        id,
        title,
        running: runState === "running" || runState === "pending",
      })),
    },
  });
}

export default function Shell() {
  const { now, facts } = useLoaderData<typeof loader>();
  return (
    <ServerNowProvider value={now}>
      <AppShell facts={facts}>
        <Outlet />
      </AppShell>
    </ServerNowProvider>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
