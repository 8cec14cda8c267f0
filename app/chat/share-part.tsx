import { Form } from "@remix-run/react";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { CopyButton } from "../ui/copy-button";
import { inputClass } from "../ui/field";
import { RelativeTime } from "../ui/relative-time";

export interface ShareFacts {
  id: string;
  createdAt: string;
  createdBy: string | null;
}

/** Makes and revokes links to read the thread. A link is shown once: only its fingerprint is kept. */
export function SharePart({ shares, made }: { shares: ShareFacts[]; made: string | null }) {
  return (
    <Card className="grid gap-3 p-4">
      <section id="share" className="grid scroll-mt-16 gap-3">
        <div className="flex flex-wrap items-start justify-between gap-3">
          <div className="grid min-w-0 flex-1 basis-64 gap-1.5">
            <h2 className="text-sm font-semibold">Share to read</h2>
            <p className="text-[0.8125rem] text-ink-2">
              Whoever has the link reads this thread without a sign-in, with its reports and
              evidence, and what is added later. It works until you revoke it.
            </p>
          </div>
          <Form method="post">
            <Button type="submit" name="change" value="share" size="small">
              Make a link
            </Button>
          </Form>
        </div>
        {made ? (
          <div role="status" className="grid gap-1.5 rounded-lg bg-accent-soft p-3">
            <label htmlFor="share-link" className="text-[0.8125rem] font-medium">
              The link. Copy it now: it is not shown again.
            </label>
            <div className="flex flex-wrap gap-2">
              <input
                id="share-link"
                readOnly
                value={made}
                onFocus={(event) => event.currentTarget.select()}
                className={`${inputClass} min-w-0 flex-1 basis-56 font-mono text-xs`}
              />
              <CopyButton text={made} label="Copy link" />
            </div>
          </div>
        ) : null}
        {shares.length > 0 ? (
          <ul className="grid gap-1" aria-label="Links that work">
            {shares.map((share) => (
              <li
                key={share.id}
                className="flex min-h-9 items-center justify-between gap-3 text-[0.8125rem] text-ink-2"
              >
                <span className="min-w-0 break-words">
                  Made <RelativeTime instant={share.createdAt} />
                  {share.createdBy ? (
                    <>
                      {" by "}
                      <bdi>{share.createdBy}</bdi>
                    </>
                  ) : null}
                </span>
                <Form method="post">
                  <input type="hidden" name="share" value={share.id} />
                  <Button type="submit" name="change" value="revoke" size="small" tone="danger">
                    Revoke
                  </Button>
                </Form>
              </li>
            ))}
          </ul>
        ) : null}
      </section>
    </Card>
  );
}
