import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices } from "#platform";
import { authenticationOf } from "../auth/authenticator.server";
import { SignInError } from "../auth/sign-in-error";
import { signedInResponse, signInFailedResponse } from "../auth/sign-in-response.server";

/** The way back from the identity provider. Its cookie is used up whatever comes of it. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { authenticator, oidc } = authenticationOf(getServices());
  if (!oidc) return signInFailedResponse(new SignInError("unavailable", "no OIDC_ISSUER is set"));
  const clearing = await oidc.clearing();
  try {
    if (new URL(request.url).search === "") {
      throw new SignInError("expired", "the callback was opened without an answer");
    }
    const signedIn = await authenticator.authenticate("oidc", request);
    return await signedInResponse(signedIn, await oidc.nextOf(request), [clearing]);
  } catch (error) {
    return signInFailedResponse(error, [clearing]);
  }
}
