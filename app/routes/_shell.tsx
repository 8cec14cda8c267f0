import {
  type ClientLoaderFunctionArgs,
  isRouteErrorResponse,
  Outlet,
  useLoaderData,
} from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { useEffect } from "react";
import { getServices, json } from "#platform";
import { listOpenAlerts, listThreads } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { useFreshList } from "../chat/use-fresh-list";
import { BudgetAlerts } from "../insights/budget-alerts";
import { AppShell } from "../ui/app-shell";
import { RouteError } from "../ui/error-page";
import { ServerNowProvider } from "../ui/relative-time";
import { readTheme } from "../ui/theme";

const RECENT = 30;

export async function loader({ request }: LoaderFunctionArgs) {
  const { user, workspace } = await requireMember(request);
  const { db } = getServices();
  const [{ threads }, alerts] = await Promise.all([
    listThreads(db, { workspaceId: workspace.id, limit: RECENT }),
    listOpenAlerts(db, { workspaceId: workspace.id }),
  ]);
  return json({
    now: Date.now(),
    alerts: alerts.map(({ feature, month, percent }) => ({ feature, month, percent })),
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

type ShellFacts = Awaited<ReturnType<typeof useLoaderData<typeof loader>>>;

/** What the page showed last; only in the browser. */
let shown: ShellFacts | null = null;

/**
 * The list of threads is asked for anew while a thread is live. A server or database that is away at that
 * moment must not take the live thread from the page: the list stays as it is.
 */
export async function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  try {
    return await serverLoader<typeof loader>();
  } catch (error) {
    const isAnswer = error instanceof Response || isRouteErrorResponse(error);
    if (shown === null || (isAnswer && error.status < 500)) throw error;
    return shown;
  }
}

export default function Shell() {
  const loaded = useLoaderData<typeof loader>();
  const { now, facts, alerts } = loaded;
  useFreshList(JSON.stringify(facts.recent));
  useEffect(() => {
    shown = loaded;
  }, [loaded]);
  return (
    <ServerNowProvider value={now}>
      <AppShell facts={facts}>
        <BudgetAlerts alerts={alerts} />
        <Outlet />
      </AppShell>
    </ServerNowProvider>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
