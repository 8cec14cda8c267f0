import { isRouteErrorResponse, useLocation, useRouteError } from "@remix-run/react";

interface Told {
  title: string;
  text: string;
  /** Whether loading the page again may help. */
  again: boolean;
}

/** What a person reads when a page cannot be shown, and what they can do next. */
export function ErrorPage() {
  const { title, text, again } = tell(useRouteError());
  const { pathname, search } = useLocation();
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-4 px-6">
      <h1 className="text-2xl font-semibold">{title}</h1>
      <p>{text}</p>
      <p className="flex gap-6">
        {again && (
          // A plain link: it asks the server anew, also where scripts do not run.
          <a href={`${pathname}${search}`} className="underline">
            Try again
          </a>
        )}
        <a href="/threads" className="underline">
          To your threads
        </a>
      </p>
    </main>
  );
}

function tell(error: unknown): Told {
  if (!isRouteErrorResponse(error)) {
    return {
      title: "Something went wrong",
      text: "This page could not be shown. Nothing you had saved is lost. If it happens again, tell whoever runs this server; its log says why.",
      again: true,
    };
  }
  switch (error.status) {
    case 404:
      return {
        title: "Not found",
        text: "There is nothing at this address in your workspace. It may have been removed, or the link belongs to another workspace.",
        again: false,
      };
    case 403:
      return {
        title: "Not allowed",
        text: said(error.data) ?? "Your role in this workspace does not allow this.",
        again: false,
      };
    case 401:
      return { title: "Signed out", text: "Sign in again to go on.", again: true };
    case 503:
      return {
        title: "Not available right now",
        text:
          said(error.data) ??
          "A part of Netra that this page needs does not answer. Nothing is lost; try again in a moment.",
        again: true,
      };
    default:
      return error.status >= 500
        ? {
            title: "Something went wrong on our side",
            text: said(error.data) ?? "The failure is logged. Try again in a moment.",
            again: true,
          }
        : {
            title: "This did not work",
            text: said(error.data) ?? `The server answered with status ${error.status}.`,
            again: false,
          };
  }
}

/** A loader may say why in words; anything longer or not a text is no sentence for a person. */
function said(data: unknown): string | null {
  return typeof data === "string" && data.length > 0 && data.length <= 300 ? data : null;
}
