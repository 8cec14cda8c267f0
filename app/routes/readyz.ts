import { getServices, json } from "#platform";
import { readinessOf } from "../platform/readiness.server";

/** Whether this process can serve: each store with its state and latency; 503 without Postgres. */
export async function loader() {
  const readiness = await readinessOf(getServices());
  return json(readiness, {
    status: readiness.ready ? 200 : 503,
    headers: { "Cache-Control": "no-store" },
  });
}
