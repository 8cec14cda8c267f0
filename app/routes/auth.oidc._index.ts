import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices } from "#platform";
import { authenticationOf } from "../auth/authenticator.server";
import { SignInError } from "../auth/sign-in-error";
import { signInFailedResponse } from "../auth/sign-in-response.server";

/** Leaves for the identity provider. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { authenticator, oidc } = authenticationOf(getServices());
  try {
    if (!oidc) throw new SignInError("unavailable", "no OIDC_ISSUER is set");
    // An address that carries an answer belongs to the callback: here it could end another flow.
    const url = new URL(request.url);
    for (const name of ["state", "code", "error"]) url.searchParams.delete(name);
    await authenticator.authenticate("oidc", new Request(url, { headers: request.headers }));
    throw new SignInError("internal", "the strategy did not leave for the provider");
  } catch (error) {
    return signInFailedResponse(error);
  }
}
