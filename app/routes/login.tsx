import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json, redirect } from "#platform";
import { authConfigOf } from "../auth/endpoints";
import { safePath } from "../auth/safe-path";
import { readSession } from "../auth/sessions.server";
import { isSignInProblem, signInProblems } from "../auth/sign-in-error";

export const meta: MetaFunction = () => [{ title: "Sign in · Netra" }];

/** The page knows nothing but what `GET /auth/config` tells any client. */
export async function loader({ request }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const next = safePath(query.get("next"));
  const problem = query.get("error");
  if (await readSession(request)) throw redirect(next);

  const { strategies } = authConfigOf(getServices().config);
  const starts = strategies.map(({ name, label, start }) => ({
    name,
    label,
    href: `${new URL(start).pathname}?next=${encodeURIComponent(next)}`,
  }));
  const development = starts.find((start) => start.name === "development");
  // In development the first page opens signed in; after a sign-out or a failure the person chooses.
  if (development && !query.has("signed-out") && problem === null) throw redirect(development.href);
  return json({
    starts,
    problem:
      problem === null ? null : signInProblems[isSignInProblem(problem) ? problem : "internal"],
    signedOut: query.has("signed-out"),
  });
}

export default function LoginPage() {
  const { starts, problem, signedOut } = useLoaderData<typeof loader>();
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-6">
      <div>
        <h1 className="text-2xl font-semibold">Netra</h1>
        <p className="mt-1 opacity-75">
          Find out where the money and the latency of your language-model calls go.
        </p>
      </div>
      {problem !== null && (
        <p role="alert" className="rounded-md border border-red-600/40 bg-red-600/10 px-4 py-3">
          {problem}
        </p>
      )}
      {problem === null && signedOut && <p role="status">You are signed out.</p>}
      {starts.length === 0 ? (
        <p>
          No way to sign in is set up. Whoever runs this server sets <code>OIDC_ISSUER</code>,{" "}
          <code>OIDC_CLIENT_ID</code> and, where the provider asks for it,{" "}
          <code>OIDC_CLIENT_SECRET</code>.
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {starts.map(({ name, label, href }) => (
            <li key={name}>
              {/* A plain link: the provider is another site, which client navigation cannot reach. */}
              <a
                href={href}
                className="block rounded-md bg-blue-700 px-4 py-2.5 text-center font-medium text-white hover:bg-blue-800 focus-visible:outline-2 focus-visible:outline-offset-2"
              >
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
