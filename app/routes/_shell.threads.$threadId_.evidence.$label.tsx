import { Link, type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { ArrowLeft } from "lucide-react";
import { getServices, json } from "#platform";
import { findEvidence } from "../../db/postgres";
import { type Evidence, evidenceLabelSchema, evidenceSchema } from "../../party/protocol";
import { requireMember } from "../auth/require-user.server";
import { requireThread } from "../chat/require-thread.server";
import { type Citation, readCitation } from "../insights/evidence-context";
import { EvidenceView } from "../insights/evidence-view";
import { Card } from "../ui/card";
import { RouteError } from "../ui/error-page";

interface EvidencePageFacts {
  threadId: string;
  threadTitle: string;
  evidence: Evidence;
  citation: Citation;
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.evidence.label} · ${data.threadTitle} · Netra` : "Not found · Netra" },
];

/** The receipt as a page of its own: for readers without script, new tabs and links in mails. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { db } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const label = evidenceLabelSchema.safeParse(params.label);
  const stored = label.success
    ? await findEvidence(db, {
        workspaceId: workspace.id,
        threadId: thread.id,
        label: label.data,
      })
    : null;
  if (!stored) throw new Response(null, { status: 404, statusText: "Not Found" });
  const facts: EvidencePageFacts = {
    threadId: thread.id,
    threadTitle: thread.title,
    evidence: evidenceSchema.parse(stored.body),
    citation: readCitation(stored.label, new URL(request.url).searchParams),
  };
  return json(facts);
}

export default function EvidencePage() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  const { threadId, threadTitle, evidence, citation } = useLoaderData() as EvidencePageFacts;
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-8 sm:py-10">
      <Link
        to={`/threads/${threadId}`}
        className="inline-flex min-h-8 items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" />
        <bdi className="truncate">{threadTitle}</bdi>
      </Link>
      <h1 className="mt-2 mb-4 text-xl font-semibold tracking-tight">
        Evidence <span className="font-mono">{evidence.label}</span>
      </h1>
      <Card>
        <EvidenceView evidence={evidence} citation={citation} />
      </Card>
    </div>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
