import { getServices, json } from "#platform";
import { authConfigOf } from "../auth/endpoints";

/** Tells any client every endpoint of sign-in and of the rooms. */
export function loader() {
  return json(authConfigOf(getServices().config), { headers: { "Cache-Control": "no-store" } });
}
