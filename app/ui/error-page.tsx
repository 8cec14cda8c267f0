import { isRouteErrorResponse, Link, useLocation, useRouteError } from "@remix-run/react";
import { buttonClass } from "./button";

/** What a route shows when it failed: what happened and what to do, never a stack. */
export function RouteError() {
  const error = useRouteError();
  const { pathname } = useLocation();
  const { title, text } = describeRouteError(error);
  return (
    <div className="mx-auto grid w-full max-w-lg gap-4 px-4 py-16 sm:px-8" role="alert">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <p className="text-sm text-ink-2">{text}</p>
      <div className="flex gap-2">
        {/* A full load: whatever broke in this page starts afresh. */}
        <a href={pathname} className={buttonClass("secondary")}>
          Try again
        </a>
        <Link to="/threads" className={buttonClass("ghost")}>
          To the threads
        </Link>
      </div>
    </div>
  );
}

export function describeRouteError(error: unknown): { title: string; text: string } {
  if (isRouteErrorResponse(error)) {
    if (error.status === 404) {
      return {
        title: "Not found",
        text: "There is nothing at this address, or it belongs to a workspace you are not in.",
      };
    }
    if (error.status === 403) {
      return { title: "Not allowed", text: "Your role in this workspace does not allow this." };
    }
    if (error.status === 503 && typeof error.data === "string" && error.data !== "") {
      return { title: "Not available right now", text: error.data };
    }
    if (typeof error.data === "string" && error.data !== "" && error.status < 500) {
      return { title: "That did not work", text: error.data };
    }
  }
  return {
    title: "This page could not be shown",
    text: "Something the page needs did not answer. Nothing was lost. Try again; if it stays so, the server's log names the cause.",
  };
}
