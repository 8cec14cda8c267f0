import { isRouteErrorResponse, useRouteError } from "@remix-run/react";
import type { ReactNode } from "react";
import { RouteError } from "../ui/error-page";
import { LogoMark } from "../ui/logo";

/** For readers of a document whose headers were lost, such as one that was saved. */
export const sharedMeta = [
  { name: "robots", content: "noindex, nofollow" },
  { name: "referrer", content: "no-referrer" },
];

/** Around a page that is read without a sign-in. It leads nowhere but to itself. */
export function SharedFrame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line">
        <p className="mx-auto flex h-13 max-w-3xl items-center gap-2 px-4 text-[0.8125rem] text-ink-2 sm:px-8">
          <LogoMark className="size-5" />
          <span className="font-semibold text-ink">Netra</span>
          <span className="ml-auto">Shared to read</span>
        </p>
      </header>
      <main className="flex min-w-0 flex-1 flex-col">{children}</main>
    </div>
  );
}

export function SharedError() {
  const error = useRouteError();
  if (!isRouteErrorResponse(error) || error.status !== 404) {
    return (
      <main>
        <RouteError />
      </main>
    );
  }
  return (
    <SharedFrame>
      <div className="mx-auto grid w-full max-w-lg gap-3 px-4 py-16 sm:px-8" role="alert">
        <h1 className="text-xl font-semibold tracking-tight">This link shows nothing</h1>
        <p className="text-sm text-ink-2">
          It was revoked, or it is not complete. Ask the person who gave it to you for a new one.
        </p>
      </div>
    </SharedFrame>
  );
}
