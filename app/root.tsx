import {
  Links,
  LiveReload,
  Meta,
  type MetaFunction,
  Outlet,
  Scripts,
  ScrollRestoration,
  useRouteLoaderData,
} from "@remix-run/react";
import type { LinksFunction, LoaderFunctionArgs } from "@remix-run/server-runtime";
import type { ReactNode } from "react";
import { json } from "#platform";
import { useNonce } from "./platform/nonce";
import { RouteError } from "./ui/error-page";
import styles from "./ui/styles.css";
import { readTheme } from "./ui/theme";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: styles }];

export const meta: MetaFunction = () => [
  { title: "Netra" },
  {
    name: "description",
    content: "Find out where the money and the latency of your language-model calls go.",
  },
];

export function loader({ request }: LoaderFunctionArgs) {
  return json({ theme: readTheme(request.headers.get("Cookie")) });
}

/** The document around every page, error pages included. */
export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
        <LiveReload nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const theme = useRouteLoaderData<typeof loader>("root")?.theme ?? "system";
  return (
    <main data-theme={theme}>
      <RouteError />
    </main>
  );
}
