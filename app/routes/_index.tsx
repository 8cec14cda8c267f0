import { redirect } from "#platform";

/** The threads are the front page. */
export function loader() {
  return redirect("/threads");
}
