import { getServices, json } from "#platform";
import { healthOf } from "../../db/startup/health";

/** Whether this process can take traffic: each store with its state; 503 when it can not. */
export async function loader() {
  const { config, ...stores } = getServices();
  const readiness = await healthOf(config, stores).readiness();
  return json(readiness, {
    status: readiness.ready ? 200 : 503,
    headers: { "Cache-Control": "no-store" },
  });
}
