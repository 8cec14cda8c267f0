import { useEffect, useState } from "react";
import { Banner } from "../ui/banner";
import { Button, buttonClass } from "../ui/button";
import type { ConnectionState } from "./live-thread";

/** A connection this young is not worth a word: most reconnects are over before. */
const QUIET_MS = 1_200;

/** Says when the page is not live, and what to do. Stands over the composer and moves nothing. */
export function ConnectionBanner({
  connection,
  onRetry,
}: {
  connection: ConnectionState;
  onRetry: () => void;
}) {
  const [late, setLate] = useState(false);
  const waiting = connection === "connecting" || connection === "reconnecting";
  useEffect(() => {
    setLate(false);
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [waiting]);

  switch (connection) {
    case "live":
      return null;
    case "connecting":
    case "reconnecting":
      return late ? (
        <Banner
          tone="warn"
          action={
            <Button size="small" tone="ghost" onClick={onRetry}>
              Try now
            </Button>
          }
        >
          {connection === "connecting"
            ? "Connecting to the crew…"
            : "Connection lost. Reconnecting…"}{" "}
          What you send is kept and goes out when the connection is back.
        </Banner>
      ) : null;
    case "signed-out":
      return (
        <Banner
          tone="danger"
          action={
            <a href="/login" className={buttonClass("secondary", "small")}>
              Sign in
            </a>
          }
        >
          You are signed out. Sign in to go on; your text stays here.
        </Banner>
      );
    case "forbidden":
      return <Banner tone="danger">You no longer have access to this thread.</Banner>;
    case "deleted":
      return (
        <Banner
          tone="danger"
          action={
            <a href="/threads?list=deleted" className={buttonClass("secondary", "small")}>
              Recently deleted
            </a>
          }
        >
          This thread was deleted. It can be restored for 7 days.
        </Banner>
      );
    case "outdated":
      return (
        <Banner
          tone="danger"
          action={
            <Button size="small" onClick={() => window.location.reload()}>
              Reload
            </Button>
          }
        >
          This page is older than the server. Reload it to go on; your text is kept.
        </Banner>
      );
  }
}
