import type { ActionFunctionArgs } from "@remix-run/server-runtime";
import { redirect } from "#platform";
import { authPaths } from "../auth/endpoints";
import { closeSession } from "../auth/sessions.server";

/** POST only: a link or an image on another site must not sign anybody out. */
export async function action({ request }: ActionFunctionArgs) {
  return redirect(`${authPaths.login}?signed-out`, {
    headers: { "Set-Cookie": await closeSession(request) },
  });
}

export function loader() {
  return redirect("/");
}
