import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { json } from "#platform";
import { listPricedModels } from "../../db/prices";
import { requireMember } from "../auth/require-user.server";

/** The models that the price catalogue knows, as `provider/model`, for suggestions. */
export async function loader({ request }: LoaderFunctionArgs) {
  await requireMember(request);
  const models = await listPricedModels(Date.now());
  return json(models.map(({ provider, model }) => `${provider}/${model}`).sort());
}
