import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { json } from "#platform";
import { foreignAddress } from "../insights/foreign-links";
import { buttonClass } from "../ui/button";
import { RouteError } from "../ui/error-page";
import { LogoMark } from "../ui/logo";

export const meta: MetaFunction = () => [
  { title: "Leaving Netra" },
  { name: "robots", content: "noindex, nofollow" },
];

/** Says where a link in a text leads before anybody goes there. Goes nowhere by itself. */
export function loader({ request }: LoaderFunctionArgs) {
  const url = foreignAddress(new URL(request.url).searchParams.get("to"));
  if (url === null) throw new Response("This link leads to no web page.", { status: 400 });
  return json({ host: url.host, address: url.href, isPlain: url.protocol === "http:" });
}

export default function Leave() {
  const { host, address, isPlain } = useLoaderData<typeof loader>();
  return (
    <main className="mx-auto grid w-full max-w-lg gap-4 px-4 py-16 sm:px-8">
      <LogoMark className="size-6" />
      <h1 className="text-xl font-semibold tracking-tight break-words">
        This link leads to <bdi>{host}</bdi>
      </h1>
      <p className="text-sm text-ink-2">
        It stood in a text that a language model wrote, or that came from a log. Netra has not
        checked it. Go on only if you know {host} and expected this link; else go back with your
        browser.
      </p>
      <p className="rounded-lg bg-sunken p-3 font-mono text-xs break-all">{address}</p>
      {isPlain ? <p className="text-xs text-warn">The connection to it is not encrypted.</p> : null}
      <a
        href={address}
        rel="noopener noreferrer nofollow"
        referrerPolicy="no-referrer"
        className={`justify-self-start ${buttonClass("secondary")}`}
      >
        Go to {host}
      </a>
    </main>
  );
}

export function ErrorBoundary() {
  return (
    <main>
      <RouteError />
    </main>
  );
}
