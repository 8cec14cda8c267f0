import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json } from "#platform";
import type { Evidence } from "../../party/protocol";
import { requireEvidence } from "../chat/require-thread.server";
import { SharedError, SharedFrame, sharedMeta } from "../chat/shared-page";
import { requireSharedThread, sharedHeaders, withoutWorkspace } from "../chat/shared-thread.server";
import { type Citation, readCitation } from "../insights/evidence-context";
import { EvidencePaper } from "../insights/evidence-paper";

interface SharedEvidenceFacts {
  thread: { address: string; title: string };
  evidence: Evidence;
  citation: Citation;
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.evidence.label} · ${data.thread.title} · Netra` : "Not found · Netra" },
  ...sharedMeta,
];

export const headers = () => sharedHeaders;

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { db } = getServices();
  const { title, ...place } = await requireSharedThread(db, params.token);
  const evidence = await requireEvidence(db, place, params.label);
  const facts: SharedEvidenceFacts = {
    thread: { address: `/s/${params.token}`, title },
    evidence: withoutWorkspace(evidence, place.workspaceId),
    citation: readCitation(evidence.label, new URL(request.url).searchParams),
  };
  return json(facts, { headers: sharedHeaders });
}

export default function SharedEvidence() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  const { thread, evidence, citation } = useLoaderData() as SharedEvidenceFacts;
  return (
    <SharedFrame>
      <EvidencePaper thread={thread} evidence={evidence} citation={citation} check={null} />
    </SharedFrame>
  );
}

export const ErrorBoundary = SharedError;
