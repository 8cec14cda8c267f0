import type { ActionFunctionArgs } from "@remix-run/server-runtime";
import { getServices, redirect } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { loadDemo } from "../datasets/load-demo.server";

export async function action({ request }: ActionFunctionArgs) {
  const { user, workspace } = await requireMember(request, { atLeast: "member" });
  const importId = await loadDemo(getServices(), { workspaceId: workspace.id, userId: user.id });
  return redirect(`/data/imports/${importId}`);
}

export function loader() {
  return redirect("/data");
}
