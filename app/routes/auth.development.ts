import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices } from "#platform";
import { authenticationOf } from "../auth/authenticator.server";
import { safePath } from "../auth/safe-path";
import { SignInError } from "../auth/sign-in-error";
import { signedInResponse, signInFailedResponse } from "../auth/sign-in-response.server";

/** Signs in as the development user; outside development there is no such strategy. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { authenticator } = authenticationOf(getServices());
  try {
    if (!authenticator.get("development")) {
      throw new SignInError("unavailable", "no development sign-in in this environment");
    }
    const signedIn = await authenticator.authenticate("development", request);
    return await signedInResponse(
      signedIn,
      safePath(new URL(request.url).searchParams.get("next")),
    );
  } catch (error) {
    return signInFailedResponse(error);
  }
}
