import type { ServerBuild } from "@remix-run/server-runtime";
import { ClickHouseNotReadyError, ClickHouseUnreachableError } from "../../db/clickhouse";
import { isPostgresAway } from "../../db/postgres";

/** When a browser or a proxy may ask again, seconds. */
export const RETRY_AFTER_SECONDS = "5";

type Handler = (...args: never[]) => unknown;

/**
 * The same build, but a loader or action that fails because a store is away answers 503 and says which,
 * instead of 500 for a fault of ours. One place for all routes, those to come included.
 */
export function withOutageAnswers(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => {
    if (!route) return [id, route];
    const { loader, action } = route.module;
    const module = {
      ...route.module,
      ...(loader ? { loader: answering(loader) } : {}),
      ...(action ? { action: answering(action) } : {}),
    };
    return [id, { ...route, module }];
  });
  return { ...build, routes: Object.fromEntries(routes) };
}

function answering<Handle extends Handler>(handle: Handle): Handle {
  const answer = async (...args: Parameters<Handle>): Promise<unknown> => {
    try {
      return await handle(...args);
    } catch (error) {
      const words = outageOf(error);
      if (words === null) throw error;
      console.error(`a page could not be served: ${(error as Error).message}`);
      throw new Response(words, {
        status: 503,
        statusText: "Service Unavailable",
        headers: {
          "Content-Type": "text/plain; charset=utf-8",
          "Retry-After": RETRY_AFTER_SECONDS,
        },
      });
    }
  };
  return answer as Handle;
}

/** What a person reads about a store that is away; null for any other failure. */
function outageOf(error: unknown): string | null {
  if (isPostgresAway(error)) {
    return "The database does not answer, so Netra cannot show or change anything right now. Nothing was lost; it goes on as soon as the database is back.";
  }
  if (error instanceof ClickHouseUnreachableError || error instanceof ClickHouseNotReadyError) {
    return "ClickHouse, which holds your calls, does not answer. Threads and reports still work; measuring, importing and the demo go on as soon as it is back.";
  }
  return null;
}
