import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json, redirect } from "#platform";
import { authConfigOf } from "../auth/endpoints";
import { safePath } from "../auth/safe-path";
import { readSession } from "../auth/sessions.server";
import { isSignInProblem, signInProblems } from "../auth/sign-in-error";
import { Banner } from "../ui/banner";
import { buttonClass } from "../ui/button";
import { classNames } from "../ui/class-names";

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
        <h1 className="text-xl font-semibold tracking-tight">Netra</h1>
        <p className="mt-1 text-sm text-ink-2">
          Find out where the money and the latency of your language-model calls go.
        </p>
      </div>
      {problem !== null && <Banner tone="danger">{problem}</Banner>}
      {problem === null && signedOut && <Banner>You are signed out.</Banner>}
      {starts.length === 0 ? (
        <p className="text-sm text-ink-2">
          No way to sign in is set up. Whoever runs this server sets <code>OIDC_ISSUER</code>,{" "}
          <code>OIDC_CLIENT_ID</code> and, where the provider asks for it,{" "}
          <code>OIDC_CLIENT_SECRET</code>.
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {starts.map(({ name, label, href }) => (
            <li key={name}>
              {/* A plain link: the provider is another site, which client navigation cannot reach. */}
              <a href={href} className={classNames(buttonClass("primary"), "w-full")}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
